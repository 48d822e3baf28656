/** The smallest program: the course's perceptron decides whether to go to the cheese festival. */
import { Perceptron } from "@dlcc/layers";
import { tensor } from "@dlcc/tensor";

// What counts: the weather most of all, then whether a friend comes along and whether there is a train.
const festival = new Perceptron([6, 2, 2], 5);

const situations = tensor([
  [1, 0, 0],
  [0, 1, 1],
]);
console.log(await festival.forward(situations).array()); // → [ 1, 0 ]
