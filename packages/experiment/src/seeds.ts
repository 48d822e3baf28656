/** The offset that gives dropout other streams than the weights. */
const dropoutSeeds = 2 ** 40;

/** The seeds of a layer, from the seed of the network: each layer has its own stream of random numbers. */
export function layerSeeds(seed: number, layers: number, layer: number): { weights: number; dropout: number } {
  const weights = seed * (layers + 1) + layer;
  return { weights, dropout: dropoutSeeds + weights };
}
