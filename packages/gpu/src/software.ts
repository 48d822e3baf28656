/** Names of renderers that are programs on the processor: SwiftShader, Mesa's llvmpipe and softpipe, Windows' WARP. */
const programs = /swiftshader|llvmpipe|softpipe|software|basic render|warp/i;

/** Whether a renderer of this name is a program, and no graphics card. */
export const isSoftware = (renderer: string): boolean => programs.test(renderer);
