/**
 * What kernels are made of: WGSL text around a body. Each kernel has one uniform with its numbers, `p`, then its inputs
 * `x0, x1, …`, then its outputs `y0, y1, …`. NaN and infinity can't be written down in WGSL: they are `p.nan` and `p.inf`.
 */
import { helpers } from "./library.ts";

/** How the shader sees the elements of a storage: `int32` as `i32`, `bool` as `u32`, all of four bytes. */
export type Element = "f32" | "i32" | "u32";

/** Threads in a workgroup, where a kernel does not say otherwise. */
export const workgroup = 64;

/** What a kernel is made of. */
export interface Parts {
  /** What an element of each input is: `f32`, or `vec4<f32>` where four are read at once. */
  readonly inputs: readonly string[];
  /** The same of the outputs. */
  readonly outputs: readonly string[];
  /** The numbers that it needs after `count`, in order: a type, and the names of numbers of that type. */
  readonly params?: readonly `${Element} ${string}`[];
  /**
   * The statements. They have `i`, the place of the thread or of the workgroup among all `p.count`; `t`, the thread in the
   * workgroup; `wg`, the workgroup's id.
   */
  readonly body: string;
  /** Declarations before them: functions, and the workgroup's memory. */
  readonly declarations?: string;
  /** Whether the threads of a workgroup work together: then `p.count` counts workgroups. */
  readonly together?: boolean;
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
  /** The types of its numbers, of which the first says how many threads there must be, or workgroups. */
  readonly params: readonly Element[];
  /** How many of what the first number counts one workgroup takes. */
  readonly each: number;
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
  const { inputs, outputs, together } = parts;
  const numbers = ["u32 count", ...(parts.params ?? [])].flatMap((line) => {
    const [type, ...names] = line.trim().split(" ");
    return names.map((name) => [name, type as Element] as const);
  });
  const fresh: Kernel = {
    name,
    id,
    code: shader(parts, numbers),
    params: numbers.map(([, type]) => type),
    each: together ? 1 : workgroup,
    bindings: [inputs.length, outputs.length],
  };
  made.set(id, fresh);
  return fresh;
}

function shader(
  { inputs, outputs, body, declarations = "", together = false, threads = workgroup }: Parts,
  numbers: readonly (readonly [name: string, type: Element])[],
): string {
  const bind = (binding: number, access: string, name: string, element: string): string =>
    `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${element}>;`;
  const place = "wg.y * groups.x + wg.x";
  const text = [
    `struct P { nan: f32, inf: f32, ${numbers.map(([name, type]) => `${name}: ${type}`).join(", ")} }`,
    "@group(0) @binding(0) var<uniform> p: P;",
    ...inputs.map((element, i) => bind(1 + i, "read", `x${i}`, element)),
    ...outputs.map((element, i) => bind(1 + inputs.length + i, "read_write", `y${i}`, element)),
    declarations,
    `@compute @workgroup_size(${threads})`,
    "fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {",
    `let i = ${together ? place : `(${place}) * ${workgroup} + t`}; if (i >= p.count) { return; }`,
    body,
    "}",
  ].join("\n");
  return helpers(text) + text;
}

/** The vector of four of an element. */
export const vec4 = (element: Element): string => `vec4<${element}>`;
