import { lecun } from "./lecun.ts";
import { nielsen } from "./nielsen.ts";
import type { Recipe } from "./recipe.ts";

/** All published experiments that `dlcc reproduce` knows. */
export const recipes: readonly Recipe[] = [...nielsen, ...lecun];
