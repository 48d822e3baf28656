/**
 * Holds the reports of what each package exports, `docs/api/*.api.md`, to the built packages. A change of an export is a change
 * of a report, and so is seen in review. `npm run api -- --update` writes the reports.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const reports = path.join(root, "docs/api");
const update = process.argv.includes("--update");
const temporary = mkdtempSync(path.join(tmpdir(), "dlcc-api-"));

/** What can be imported: the name of its report, the package's folder, and the file with its types. */
const entries = readdirSync(path.join(root, "packages")).flatMap((folder) => {
  const file = path.join(root, "packages", folder, "package.json");
  if (!existsSync(file)) return [];
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(manifest.exports)
    .filter(([entry]) => !/\.(json|wasm)$/.test(entry))
    .map(([entry, { types }]) => ({ name: `${folder}${entry.slice(1).replaceAll("/", "-")}`, folder, types }));
});

/** The types, as a program of TypeScript's of its own: the workspace's settings lead to the sources. */
const tsconfig = (types) => ({
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    moduleResolution: "nodenext",
    lib: ["es2023", "dom", "esnext.disposable"],
    types: [],
    skipLibCheck: true,
    strict: true,
  },
  files: [types],
});

/** Whether a report is what the package exports; with `--update` it is made so. */
function holds({ name, folder, types }) {
  const projectFolder = path.join(root, "packages", folder);
  const quiet = { logLevel: "none" };
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(projectFolder, "package.json"),
    configObject: {
      projectFolder,
      mainEntryPointFilePath: path.join(projectFolder, types),
      compiler: { overrideTsconfig: tsconfig(types), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: reports,
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        // That an internal type is not exported, or has no release tag, is no fault here.
        extractorMessageReporting: { default: quiet },
        tsdocMessageReporting: { default: quiet },
      },
    },
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      // What it would say of a changed report is said below.
      message.handled = message.logLevel !== "error";
    },
  });
  return update || !apiReportChanged;
}

mkdirSync(reports, { recursive: true });
const changed = entries.filter((entry) => !holds(entry)).map(({ name }) => `docs/api/${name}.api.md`);
const wanted = new Set(entries.map(({ name }) => `${name}.api.md`));
const left = readdirSync(reports).filter((file) => !wanted.has(file));
if (update) for (const file of left) rmSync(path.join(reports, file));
else changed.push(...left.map((file) => `docs/api/${file}`));
rmSync(temporary, { recursive: true });

if (changed.length > 0) {
  console.error(`what is exported has changed: ${changed.join(", ")}`);
  console.error("if that is meant, run `npm run api -- --update`, and look at the difference");
  process.exitCode = 1;
} else console.log(`${entries.length} reports in docs/api are what the packages export`);
