export { FileError, loadMnist, type Mnist } from "./mnist.ts";
