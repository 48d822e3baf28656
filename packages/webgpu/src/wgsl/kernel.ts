/**
 * What kernels are made of: WGSL text around a body. Each kernel has one uniform with its numbers, `p`, then its inputs
 * `x0, x1, …`, then its outputs `y0, y1, …`. NaN and infinity can't be written down in WGSL: they are `p.nan` and `p.inf`.
 */
import { helpers } from "./functions.ts";

/** How the shader sees the elements of a storage: `int32` as `i32`, `bool` as `u32`, all of four bytes. */
export type Element = "f32" | "i32" | "u32";

/** Threads in a workgroup, where a kernel does not say otherwise. */
export const workgroup = 64;

/** What a kernel is made of. */
export interface Parts {
  /** What an element of each input is: `f32`, or `vec4f` where four are read at once. */
  readonly inputs: readonly string[];
  /** The same of the outputs. */
  readonly outputs: readonly string[];
  /** The numbers that it needs, in order: name and type. */
  readonly params: readonly (readonly [name: string, type: Element])[];
  /** The statements. They have `wg`, the workgroup's id, `groups`, how many there are, and `t`, the thread in the group. */
  readonly body: string;
  /** Declarations before them: functions, and the workgroup's memory. */
  readonly declarations?: string;
  /** Threads in a workgroup. */
  readonly threads?: number;
}

/** A kernel's text. */
export interface Kernel {
  /** As messages name it: the op's name. */
  readonly name: string;
  /** Tells it from all others. */
  readonly id: string;
  /** The whole shader. */
  readonly code: string;
  /** The types of its numbers. */
  readonly params: readonly Element[];
  /** How many inputs and outputs it has: kernels that agree in these share a layout. */
  readonly bindings: readonly [inputs: number, outputs: number];
}

const made: Map<string, Kernel> = new Map();

/** The kernel of an op in a variant: made when it is first asked for. */
export function kernel(name: string, variant: string, make: () => Parts): Kernel {
  const id = `${name} ${variant}`;
  const known = made.get(id);
  if (known) return known;
  const parts = make();
  const fresh: Kernel = {
    name,
    id,
    code: shader(parts),
    params: parts.params.map(([, type]) => type),
    bindings: [parts.inputs.length, parts.outputs.length],
  };
  made.set(id, fresh);
  return fresh;
}

function shader({ inputs, outputs, params, body, declarations = "", threads = workgroup }: Parts): string {
  const bind = (binding: number, access: string, name: string, element: string): string =>
    `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${element}>;`;
  const text = [
    `struct P { nan: f32, inf: f32, ${params.map(([name, type]) => `${name}: ${type}`).join(", ")} }`,
    "@group(0) @binding(0) var<uniform> p: P;",
    ...inputs.map((element, i) => bind(1 + i, "read", `x${i}`, element)),
    ...outputs.map((element, i) => bind(1 + inputs.length + i, "read_write", `y${i}`, element)),
    declarations,
    `@compute @workgroup_size(${threads})`,
    "fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {",
    body,
    "}",
  ].join("\n");
  return helpers(text) + text;
}

/** Statements that set `i` to the thread's place among all, and end where it is beyond `p.count`. */
export const eachThread: string = `let i = (wg.y * groups.x + wg.x) * ${workgroup}u + t; if (i >= p.count) { return; }`;

/** The same of workgroups: `id` is the workgroup's place. */
export const eachGroup = "let id = wg.y * groups.x + wg.x; if (id >= p.count) { return; }";

/** Numbers of a kernel, all of one type. */
export const numbers = (type: Element, ...names: readonly string[]): (readonly [name: string, type: Element])[] =>
  names.map((name) => [name, type]);

/** The vector of four of an element. */
export const vec4 = (element: Element): string => `vec4<${element}>`;
