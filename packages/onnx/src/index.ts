export { OnnxError } from "./error.ts";
export { type ExportOptions, exportOnnx } from "./export/export.ts";
export { importOnnx } from "./import/import.ts";
export { type OnnxInfo, type OnnxValue, readOnnxInfo } from "./info.ts";
