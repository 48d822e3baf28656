/**
 * Random and damaged tables, pictures, models and words for the command. Beside what `Ordeal` says, nothing that it prints
 * commands the terminal. `npm run fuzz -- --cases 100000` runs more of it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32 as crc, deflateSync } from "node:zlib";
import { prepareDigit } from "@dlcc/data";
import { load, save, serialize } from "@dlcc/io/node";
import { Ordeal } from "@dlcc/testing/node";
import { encode } from "fast-png";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
