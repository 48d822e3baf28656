/** The address of the page: `#/view/chapter?experiment`. */
export interface Address {
  readonly view: string;
  readonly chapter: string;
  /** The settings of the experiment. */
  readonly query: string;
  /** Strokes as text. */
  readonly drawing: string;
}

/** Reads what is behind `#`. */
export function addressIn(hash: string): Address {
  const [path = "", text = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view = "", chapter = ""] = path.split("/");
  const query = new URLSearchParams(text);
  const drawing = query.get("drawing") ?? "";
  query.delete("drawing");
  return { view: view || "train", chapter, query: query.toString(), drawing };
}
