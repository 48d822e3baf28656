/**
 * A TypeDoc plugin: sorts each package's exports into categories by the file that they are in, so that a newcomer finds
 * things. The table below is all there is to it; a file that it lacks is a warning, and so fails the build.
 */
import { CommentTag, Converter, Comment, ReflectionKind } from "typedoc";

/** Names that belong elsewhere than the rest of their file. */
const byName = {
  tensor: {
    Comparison: "equal greater greaterEqual less lessEqual logicalNot notEqual where",
    Errors: "DlccError",
  },
};

/** Files (below `src/`, without `.ts`) of each category, in the order in which the site shows them. */
const byFile = {
  tensor: {
    Tensor: "tensor dtype shape",
    Creation: "create",
    Elementwise: "ops/elementwise",
    Comparison: "",
    Reduction: "ops/reduction",
    "Linear algebra": "ops/matmul",
    Movement: "ops/movement",
    Composite: "ops/composite",
    Random: "random/generator random/samplers",
    Memory: "memory parameter",
    Errors: "errors",
    "For backends": "backend cpu/index",
    "For those who extend dlcc": "apply fused recorder signatures",
  },
  autograd: {
    Derivatives: "value-and-grad",
    "Ops of one's own": "custom-op",
    Checking: "grad-check",
  },
  layers: {
    Layers: "linear sequential perceptron dropout flatten",
    Activations: "activations",
    Initializers: "initializers",
    "Modules of one's own": "module",
    "Saving and looking": "from-config summary",
  },
  losses: {
    "For classes": "classification",
    "For numbers": "regression",
    Options: "reduction",
  },
  optim: {
    Optimizers: "sgd adam adaptive",
    Schedules: "schedules",
    Clipping: "clipping",
    "Optimizers of one's own": "optimizer",
  },
  data: {
    "Minibatches and splits": "minibatches split standardize",
    "MNIST and IDX": "examples idx gzip mnist",
    "Pictures of digits": "prepare-digit",
  },
  train: {
    Training: "fit",
    Judging: "evaluate metrics",
    "What they ask for": "contracts",
  },
  io: {
    Safetensors: "serialize deserialize error file",
  },
  testing: {
    Conformance: "conformance/index conformance/harness",
    "Backends that watch": "counting recording deferred wrap",
  },
};

/** All categories in order: TypeDoc has one order for the whole site. */
const order = Object.values(byFile).flatMap((categories) => Object.keys(categories));

/** The category of an export, or undefined. */
function categoryOf(name, file) {
  const [, folder, path] = /packages\/([^/]+)\/src\/(.+)\.ts$/.exec(file) ?? [];
  const find = (table, word) =>
    Object.entries(table?.[folder] ?? {}).find(([, words]) => words.split(" ").includes(word))?.[0];
  return find(byName, name) ?? find(byFile, path);
}

export function load(app) {
  app.on("bootstrapEnd", () => app.options.setValue("categoryOrder", [...order, "*"]));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of context.project.getReflectionsByKind(ReflectionKind.SomeExport & ~ReflectionKind.SomeModule)) {
      if (!reflection.parent?.kindOf(ReflectionKind.SomeModule | ReflectionKind.Project)) continue;
      const file = reflection.sources?.[0]?.fullFileName ?? "";
      const category = categoryOf(reflection.name, file);
      if (!category) {
        app.logger.warn(`${reflection.name} of ${file} has no category: add its file to docs/typedoc/categories.js`);
        continue;
      }
      for (const { comment } of reflection.signatures ?? [reflection]) {
        comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text: category }]));
      }
    }
  });
}
