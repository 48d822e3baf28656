import { lecun } from "./lecun.ts";
import { nielsen } from "./nielsen.ts";
import { pytorch } from "./pytorch.ts";
import type { Recipe } from "./recipe.ts";

/** All published experiments of `dlcc reproduce`. */
export const recipes: readonly Recipe[] = [...nielsen, ...lecun, ...pytorch];
