/** What buffers are for: numbers of WebGPU's `GPUBufferUsage`, which Node lacks. */

/** `MAP_READ` */
export const mapRead = 1;
/** `COPY_SRC` */
export const copySource = 4;
/** `COPY_DST` */
export const copyTarget = 8;
/** `UNIFORM` */
export const uniform = 64;
/** `STORAGE` */
export const storage = 128;
