/** What a command works with, besides its own words. */
import type { Source } from "./commands/data.ts";
import type { Recipe } from "./reproduce/recipe.ts";
import type { Screen } from "./terminal/screen.ts";

/** What is around the program. A test has its own. */
export interface Surroundings {
  /** What stdout is. */
  readonly screen: Screen;
  /** Where MNIST comes from. */
  readonly mnist: Source;
  /** What can be reproduced. */
  readonly recipes: readonly Recipe[];
}

/** What every command is given. */
export interface Context extends Surroundings {
  /** Writes a line to stdout. */
  readonly write: (line: string) => void;
  /** Sets the exit code. */
  readonly exit: (code: number) => void;
  /** Reports an error that the command goes on after. */
  readonly complain: (error: unknown) => void;
  /** The whole command as it was typed: a model notes it. */
  readonly typed: string;
}
