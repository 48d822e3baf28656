/**
 * The numbers by which the kernels know what to compute. Both sides import them: the backend in src/, where a family of
 * ops is looked up by its names, and the kernels in assembly/. So they are plain constants, which TypeScript and
 * AssemblyScript read alike.
 */

// Functions. These numbers stand for the kernel of floats; with `integer` added, for that of whole numbers and booleans.
export const integer = 64;

// Of one element
export const identity = 0;
export const neg = 1;
export const exp = 2;
export const log = 3;
export const sqrt = 4;
export const abs = 5;
export const sign = 6;
export const relu = 7;
export const sigmoid = 8;
export const tanh = 9;
export const erf = 10;
export const floatToInteger = 11;
export const integerToFloat = 12;
export const floatToBoolean = 13;

// Of two elements. An activation's number stands for what it passes back: a function of the gradient and its output.
export const add = 20;
export const sub = 21;
export const mul = 22;
export const div = 23;
export const pow = 24;
export const maximum = 25;
export const minimum = 26;
export const equal = 27;
export const less = 28;
export const greater = 29;

// Reductions
export const sum = 40;
export const max = 41;
export const min = 42;

// Jobs that threads share
export const productJob = 0;
export const unaryJob = 1;
export const binaryJob = 2;
export const sgdStepJob = 3;
export const momentumStepJob = 4;
export const adamStepJob = 5;
export const gatherRowsJob = 6;

// Ways through a matrix product: with packed operands, with the right operand where it lies, or by dot products.
export const packed = 0;
export const unpacked = 1;
export const dots = 2;
