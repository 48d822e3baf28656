/** How ops become layers: by matchers, each of which knows one op, or some ops that are one layer together. */
import type { Layer } from "@dlcc/layers";
import type { Axes } from "../axes.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";

/** A layer that was recognized. */
export interface Match {
  /** The value that the layer takes. */
  readonly from: string;
  /** The nodes whose attributes must all be known. Default: the one that was asked about. */
  readonly nodes?: readonly Node[];
  /**
   * Makes it.
   *
   * @param axes Those of its input; undefined if they are unknown.
   * @throws {OnnxError} if the layer can't do that. The message begins with "its".
   */
  readonly make: (axes: Axes | undefined) => Layer | readonly Layer[];
}

/** Looks at the node that comes last in a layer, and from there back; undefined if it is something else. */
export type Matcher = (graph: Graph, node: Node) => Match | undefined;

/** Matchers by the op of the last node; the first that answers is right. */
export type Matchers = readonly (readonly [op: string, matcher: Matcher])[];
