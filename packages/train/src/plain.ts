/** Plain data as text, and what differs in two of them. */

/** The key of a number that JSON can't hold. */
const numberKey = "number";

/** Plain data as JSON; NaN, infinities and −0 survive. */
export const toText = (data: unknown): string =>
  JSON.stringify(data ?? null, (_, value: unknown) => {
    if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
    return { [numberKey]: Object.is(value, -0) ? "-0" : String(value) };
  });

/** Plain data from its JSON. @throws {SyntaxError} if it is none. */
export const fromText = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    const [[key, content] = [], ...others] = Object.entries(value);
    return key === numberKey && typeof content === "string" && others.length === 0 ? Number(content) : value;
  });

/** A place where two data differ. */
export interface Difference {
  /** Such as `architecture.layers.0.p`. */
  readonly path: string;
  readonly is: unknown;
  readonly was: unknown;
}

/** Where two plain data differ, by paths. */
export function differences(is: unknown, was: unknown, path = ""): Difference[] {
  if (isHolder(is) && isHolder(was) && Array.isArray(is) === Array.isArray(was)) {
    const keys = [...new Set([...Object.keys(is), ...Object.keys(was)])];
    return keys.flatMap((key) => differences(is[key], was[key], path === "" ? key : `${path}.${key}`));
  }
  return Object.is(is, was) ? [] : [{ path, is, was }];
}

const isHolder = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
