/** The classes of Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, 2017), by their labels. */
export const fashionClasses: readonly string[] = [
  "T-shirt",
  "Trousers",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];
