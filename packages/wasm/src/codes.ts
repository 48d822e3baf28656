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
export const abs = 2;
export const sign = 3;
export const sqrt = 4;
export const relu = 5;
export const sigmoid = 6;
export const tanh = 7;
export const erf = 8;
export const exp = 9;
export const expm1 = 10;
export const log = 11;
export const log1p = 12;
export const log2 = 13;
export const softplus = 14;
export const sin = 15;
export const cos = 16;
export const tan = 17;
export const asin = 18;
export const acos = 19;
export const atan = 20;
export const sinh = 21;
export const cosh = 22;
export const floor = 23;
export const ceil = 24;
export const round = 25;
export const trunc = 26;
export const floatToInteger = 27;
export const integerToFloat = 28;
export const floatToBoolean = 29;

// Of two elements. An activation's number stands for what it passes back: a function of the gradient and its output.
export const add = 32;
export const sub = 33;
export const mul = 34;
export const div = 35;
export const pow = 36;
export const maximum = 37;
export const minimum = 38;
export const equal = 39;
export const less = 40;
export const greater = 41;
export const mod = 42;
export const atan2 = 43;
export const floorDivide = 44;

// Reductions
export const sum = 48;
export const max = 49;
export const min = 50;

// Jobs that threads share
export const productJob = 0;
export const unaryJob = 1;
export const binaryJob = 2;
export const sgdStepJob = 3;
export const momentumStepJob = 4;
export const adamStepJob = 5;
export const gatherRowsJob = 6;
export const reduceJob = 7;
// Those whose first operand is the number of units that they are shared out by
export const convolutionJob = 8;
export const weightGradientJob = 9;
export const pointwiseJob = 10;
export const depthwiseJob = 11;
export const depthwiseWeightsJob = 12;
export const maxPoolJob = 13;
export const maxPoolGradientJob = 14;
export const avgPoolJob = 15;
export const avgPoolGradientJob = 16;
export const channelMomentsJob = 17;
export const channelNormJob = 18;
export const channelNormSumsJob = 19;
export const channelNormGradientJob = 20;

// Ways through a matrix product: with packed operands, with the right operand where it lies, by dot products, or by a
// library's product.
export const packed = 0;
export const unpacked = 1;
export const dots = 2;
export const elsewhere = 3;
