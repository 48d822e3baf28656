import { ArgumentError } from "@dlcc/tensor";

/** Checks that all parts are there, as TypeScript promises: some call from JavaScript. */
export function assertParts(op: string, options: object | undefined, parts: readonly string[]): void {
  for (const part of parts) {
    if ((options as Readonly<Record<string, unknown>> | undefined)?.[part] !== undefined) continue;
    throw new ArgumentError(`${op}: ${part} must be given: it takes { ${parts.join(", ")} }`);
  }
}
