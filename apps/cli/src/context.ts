/** The context of a command, besides its arguments. */
import type { Source } from "./commands/data.ts";
import type { Recipe } from "./reproduce/recipe.ts";
import type { Keyboard } from "./terminal/keyboard.ts";
import type { Screen } from "./terminal/screen.ts";

/** The surroundings of the program. A test has its own. */
export interface Surroundings {
  /** The screen of stdout. */
  readonly screen: Screen;
  /** The keyboard, or what is piped in. */
  readonly keyboard: Keyboard;
  /** The source of MNIST. */
  readonly mnist: Source;
  /** The experiments that can be reproduced. */
  readonly recipes: readonly Recipe[];
}

/** The context that every command receives. */
export interface Context extends Surroundings {
  /** Writes a line to stdout. */
  readonly write: (line: string) => void;
  /** Sets the exit code. */
  readonly exit: (code: number) => void;
  /** Reports an error after which the command continues. */
  readonly complain: (error: unknown) => void;
  /** The whole command as it was typed, for the model file. */
  readonly typed: string;
}
