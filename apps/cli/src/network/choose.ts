/** The options that choose a network for images, and the network that they choose. */
import { distortions, layerWords, networks, parseAugment, parseLayers, pick, usualAugment } from "@dlcc/experiment";
import { type Command, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../message.ts";
import { choiceOption, listed } from "../options.ts";

/** The options, as the parser gives them. */
export interface ImageOptions {
  /** A name in `networks`. */
  readonly network: string;
  /** Layers as text, in place of the named network's. */
  readonly layers?: string;
  /** Steps as text; true for the usual ones. */
  readonly augment?: string | true;
  readonly activation?: string;
  readonly init?: string;
}

/** What they choose. */
export interface ChosenNetwork {
  /** The hidden layers as text; undefined for the dense ones of `--hidden`. */
  readonly layers: string | undefined;
  readonly activation: string;
  readonly init: string;
  readonly augment: string | undefined;
}

/** A text that a function can read, or an error with its reason. */
const readable =
  (read: (text: string) => unknown) =>
  (text: string): string => {
    try {
      read(text);
      return text;
    } catch (error) {
      throw new InvalidArgumentError(`${messageOf(error)}.`);
    }
  };

/** Adds them to a command. */
export function addImageOptions(command: Command): void {
  choiceOption(command, "--network", "the network", networks, "mlp");
  command
    .addOption(
      new Option("--layers <layers>", `the hidden layers: "conv 20 5, pool 2, dense 100"${listed(layerWords)}`)
        .argParser(readable(parseLayers))
        .conflicts(["network", "hidden"]),
    )
    .addOption(
      new Option(
        "--augment [steps]",
        `change the images at random (without steps:\n${usualAugment})${listed(distortions)}`,
      ).argParser(readable(parseAugment)),
    );
}

/** The network that the options choose. */
export function chooseNetwork({ network, layers, activation, init, augment }: ImageOptions): ChosenNetwork {
  const named = pick(networks, network);
  return {
    layers: layers ?? named.layers,
    activation: activation ?? named.activation,
    init: init ?? named.init,
    augment: augment === true ? usualAugment : augment,
  };
}
