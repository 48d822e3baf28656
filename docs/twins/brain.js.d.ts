/** The part of brain.js 1.6 that the twin uses: the package has no types. */
declare module "brain.js" {
  export class NeuralNetwork {
    fromJSON(json: object): void;
    train(examples: readonly { input: readonly number[]; output: readonly number[] }[], options: object): unknown;
    run(input: readonly number[]): Float32Array;
  }
}
