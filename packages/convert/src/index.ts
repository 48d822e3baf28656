export { type ImportedBrain, importBrain } from "./brain.ts";
export { ConvertError } from "./error.ts";
export { fromPyTorch, toPyTorch } from "./pytorch.ts";
export { exportScript } from "./script/export.ts";
export { exportPage } from "./script/page.ts";
export type {
  CategoryColumn,
  DateColumn,
  DateInput,
  Fill,
  NumberColumn,
  ScriptInput,
  ScriptUse,
  Standard,
  Table,
  TableColumn,
} from "./script/use.ts";
export { type ImportedTfjs, importTfjs } from "./tfjs/import.ts";
export type { ReadShard } from "./tfjs/weights.ts";
