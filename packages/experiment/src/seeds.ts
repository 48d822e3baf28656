/** Dropout draws from other streams than the weights do. */
const dropoutSeeds = 2 ** 40;

/** The seeds of a network's layer, from the seed of the network: each layer has a stream of numbers of its own. */
export function layerSeeds(seed: number, layers: number, layer: number): { weights: number; dropout: number } {
  const weights = seed * (layers + 1) + layer;
  return { weights, dropout: dropoutSeeds + weights };
}
