/** The learning rate that suits each optimizer on the digits, where none is given. */
export const learningRates = {
  adam: 0.003,
  adamw: 0.003,
  sgd: 0.1,
  momentum: 0.05,
  nesterov: 0.15,
  rmsprop: 0.001,
  adagrad: 0.02,
} as const;
