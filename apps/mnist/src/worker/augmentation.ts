/** Distorts the digits that a network learns from. Loaded when an experiment asks for it. */
import { type Minibatch, type Minibatches, transformBatches } from "@dlcc/data";
import { type Experiment, parseAugment } from "@dlcc/experiment";
import type { Backend } from "@dlcc/tensor";

/**
 * Minibatches of an epoch, each image distorted on its way to the device.
 *
 * @param order Where the digits are. It may stand in the midst of the epoch: what an image goes through depends on seed, epoch and image alone.
 */
export const distorted = (
  order: Minibatches,
  { seed, augment = "" }: Experiment,
  epoch: number,
  backend: Backend,
): IterableIterator<Minibatch> => transformBatches(order, parseAugment(augment), { seed, epoch, backend });
