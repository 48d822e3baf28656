/** Where the browser of these tests is: Debian's Chromium, else the one that playwright keeps. */
import { existsSync } from "node:fs";
import { chromium } from "playwright";

const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", chromium.executablePath()];

/** The path of the browser, or undefined where there is none. */
export const findChromium = () => places.find((place) => place && existsSync(place));
