/** Which line of the user's program is running: the first frame of the stack that is not dlcc's own. */

/** dlcc's calls can be nested deep: the engine's usual 10 frames would not reach the user's. */
const frames = 64;
/** How many frames are named where all belong to one file, as in a bundle. */
const namedFrames = 4;

interface Frame {
  readonly file: string;
  /** With line and column. */
  readonly place: string;
}

/** A frame of V8, `at f (file:1:2)`; or of the others, `f@file:1:2`. */
const pattern = /(?:^|[\s(@])((?:[a-z]+:\/\/|\/|[A-Z]:\\|node:)[^\s()]*?):(\d+):(\d+)\)?$/;

function frameOf(line: string): Frame[] {
  const [, file, row, column] = pattern.exec(line) ?? [];
  if (file === undefined) return [];
  const path = file.replace(/^file:\/\//, "");
  return [{ file: path, place: `${path}:${row}:${column}` }];
}

/** This file, in a package's folder. */
const ownFile = /[^/\\]+[/\\](?:src|dist)[/\\]stack\.[jt]s$/;
/** A file of a package beside this one. */
const sibling = /^[^/\\]+[/\\](?:src|dist)[/\\]/;

/** The line of the user's program that is running, as `file:line:column`. */
export function callSite(): string {
  const engine = Error as { stackTraceLimit?: number | undefined };
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = frames;
  // As text at once: an engine that formats it later keeps what the frames refer to, tensors among them.
  const { stack = "" } = new Error();
  engine.stackTraceLimit = limit;
  const [own, ...rest] = stack.split("\n").flatMap(frameOf);
  if (!own) return "an unknown place";
  const folder = own.file.replace(ownFile, "");
  const isOwn = ({ file }: Frame): boolean =>
    (file.startsWith(folder) && sibling.test(file.slice(folder.length))) || /[/\\]@dlcc[/\\+]/.test(file);
  const user = rest.find((frame) => frame.file !== own.file && !isOwn(frame));
  if (user) return user.place;
  // A bundle, say: everything is in one file, and the tracer's own frames come first.
  return (
    rest
      .slice(2, 2 + namedFrames)
      .map(({ place }) => place)
      .join(" < ") || own.place
  );
}
