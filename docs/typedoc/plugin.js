/**
 * A TypeDoc plugin: sorts each package's exports into categories by the file that they are in, so that a newcomer finds
 * things. A file that the table below lacks is a warning, and so fails the build. It brings the theme and the addresses, too.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Application, CommentTag, Converter, ReflectionKind } from "typedoc";
import { extend } from "./markdown.js";
import { sortMembers } from "./members.js";
import { Router } from "./router.js";
import { DlccTheme } from "./theme.js";

/** Names that belong elsewhere than the rest of their file; errors do so in every package. */
const byName = {
  tensor: {
    "For backends": "advance collapse fromStorage viewOf",
  },
};

/** Files (below `src/`, without `.ts`) of each category, in the order in which the site shows them. */
const byFile = {
  tensor: {
    Tensor: "tensor methods dtype shape",
    Creation: "create budget",
    Elementwise:
      "ops/arithmetic ops/division ops/elementwise ops/exponential ops/trigonometric ops/rounding ops/activations ops/families",
    Comparison: "ops/comparison ops/where",
    Reduction: "ops/reduction ops/counting ops/scans",
    Order: "ops/order",
    "Linear algebra": "ops/matmul ops/contraction ops/einsum ops/linear",
    Movement:
      "ops/views ops/movement ops/arranging ops/triangles ops/meshgrid ops/choosing ops/nonzero ops/window ops/window-options",
    Images: "ops/convolution ops/conv1d ops/convolution-options ops/pooling ops/adaptive-pooling ops/upsample",
    Normalization: "ops/normalization",
    "Softmax and statistics": "ops/softmax ops/statistics ops/one-hot",
    "Steps of optimizers": "ops/steps",
    Random: "random/generator random/normal random/permutation random/samplers",
    Memory: "memory finalizer parameter",
    "Debugging and profiling": "debug profile",
    "For backends": "backend kernels-of ops/composites cpu/index window",
    "For those who extend dlcc":
      "apply named observer printable op ops/checks ops/custom ops/index recorder signatures",
  },
  autograd: {
    Derivatives: "value-and-grad",
    "Ops of one's own": "custom-op",
    Checking: "grad-check",
  },
  layers: {
    Layers: "linear sequential residual perceptron dropout flatten",
    Images: "convolution pooling upsample constant-pad",
    Normalization: "batch-norm layer-norm group-norm affine",
    Activations: "activations prelu",
    Initializers: "initializers",
    "Modules of one's own": "module buffer freeze",
    "Saving and looking": "from-config layer-types summary count-parameters",
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
    "Streams: more than fits into memory": "stream-minibatches source split-source prefetch idx-source",
    Augmentation:
      "augment/augment augment/transform-batches augment/affine augment/elastic augment/pixels augment/distortion",
    "MNIST and IDX": "examples idx gzip mnist",
    "Pictures of digits": "prepare-digit find-digits digit/view",
  },
  train: {
    Training: "fit stepper",
    "Checkpoints and the best epoch": "checkpointer best batches-left",
    Judging: "evaluate metrics",
    Diagnosis: "divergence first-bad layer-probe layer-statistics layer-warnings",
    "What they ask for": "contracts",
  },
  course: {
    "The chapters": "chapters",
    "Derivative and gradient": "derivative surfaces",
    Descent: "gradient-descent valley linear-regression",
    Perceptrons: "perceptron circuits",
    "Hidden layers and activations": "multilayer playground activations",
    "Losses and softmax": "losses softmax",
    Backpropagation: "backpropagation traced-layers",
    "Deep networks": "deep overfitting",
    "Beyond the text": "kernels blocks",
    Exercises: "exercises/table exercises/exercise exercises/judge",
  },
  experiment: {
    Choices:
      "choices/choice choices/value-for choices/activations choices/losses choices/optimizers choices/schedules choices/initializers choices/networks choices/distortions choices/augmentation",
    Backends: "choices/backends open-backend",
    "Networks by name": "build build-dense build-optimizer network/plan network/layers outputs",
    "An experiment": "experiment command program",
    "Model files": "model/format model/file",
    "The embedded digits": "digits/arrange digits/kind digits/embedded",
  },
  pictures: {
    Pictures:
      "derivative gradient-descent valley regression perceptron multilayer activations losses softmax backpropagation deep kernels blocks tables",
  },
  wasm: {
    "The backend": "create",
    "For those who extend it": "product",
  },
  blas: {
    "The backend": "create",
  },
  mpi: {
    "Many processes": "create world bind",
    Training: "distributed notes reduce shard",
  },
  webgpu: {
    "The backend": "create adapter",
  },
  gpu: {
    "The backend": "create probe software",
  },
  io: {
    Safetensors: "serialize deserialize error disk/file",
    "NumPy's files": "numpy/array numpy/archive",
    Files: "disk/replace",
    Checkpoints: "checkpoint-store database disk/folder",
  },
  convert: {
    "From other libraries": "pytorch tfjs/import tfjs/weights brain",
    "A model as a file that runs": "script/export script/page script/use",
  },
  onnx: {
    "In and out": "export/export import/import",
    "Looking at files": "info",
  },
  testing: {
    Conformance: "conformance/index conformance/harness",
    "Random cases": "random/run random/random-case",
    "Backends that watch": "counting recording deferred without-fused wrap",
    "Input from strangers": "ordeal",
    "WebGPU without a graphics card": "vulkan",
  },
};

/** All categories in order: TypeDoc has one order for the whole site. */
const order = [...new Set(Object.values(byFile).flatMap((categories) => Object.keys(categories))), "In Node", "Errors"];

/** The category of an export, or undefined. */
function categoryOf(name, file) {
  const [, folder, place] = /packages\/([^/]+)\/src\/(.+)\.ts$/.exec(file) ?? [];
  const find = (table, word) =>
    Object.entries(table[folder] ?? {}).find(([, words]) => words.split(" ").includes(word))?.[0];
  return find(byName, name) ?? (name.endsWith("Error") ? "Errors" : find(byFile, place));
}

/** What can't be said in typedoc.json, as it follows from the packages. */
function setOptions({ options }) {
  const folders = options.getValue("entryPoints");
  const names = folders.map((folder) => JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).name);
  options.setValue("packagesRequiringDocumentation", names);
  options.setValue("categoryOrder", order);
  options.setValue("markdownItLoader", extend);
  options.setValue("packageOptions", { ...options.getValue("packageOptions"), categoryOrder: order });
}

const addCategory = (comment, text) => comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text }]));

/** Gives each export of a package its category. */
function categorize(app, project) {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.SomeExport)) {
    if (reflection.kindOf(ReflectionKind.SomeModule)) {
      if (reflection.name === "node") addCategory(reflection.comment, "In Node");
      if (reflection.name === "methods") addCategory(reflection.comment, "Tensor");
      if (reflection.name === "ops") addCategory(reflection.comment, "For those who extend dlcc");
      continue;
    }
    if (!reflection.parent?.kindOf(ReflectionKind.Module | ReflectionKind.Project)) continue;
    const file = reflection.sources?.[0]?.fullFileName ?? "";
    const category = categoryOf(reflection.name, file);
    if (!category) {
      app.logger.warn(`${reflection.name} of ${file} has no category: add its file to docs/typedoc/plugin.js`);
      continue;
    }
    for (const { comment } of [reflection, ...(reflection.signatures ?? [])]) addCategory(comment, category);
  }
}

/** Names the error in front of what is said about it; TypeDoc would leave it out. */
function nameErrors(project) {
  for (const { comment } of Object.values(project.reflections)) {
    for (const tag of comment?.blockTags ?? []) {
      if (tag.tag !== "@throws" || !tag.typeAnnotation) continue;
      const names = tag.typeAnnotation.replace(/[{}\s]/g, "").split("|");
      tag.content.unshift({ kind: "code", text: `\`${names.join(" | ")}\`` }, { kind: "text", text: " " });
      delete tag.typeAnnotation;
    }
  }
}

/** What a function throws stands below one heading, an error a line. */
function gatherErrors(project) {
  for (const { comment } of Object.values(project.reflections)) {
    const [first, ...others] = comment?.blockTags.filter(({ tag }) => tag === "@throws") ?? [];
    if (!first || others.length === 0) continue;
    const asItem = ({ content }) => [
      { kind: "text", text: "\n- " },
      ...content.map((part) => (part.kind === "text" ? { ...part, text: part.text.replaceAll("\n", "\n  ") } : part)),
    ];
    first.content = [first, ...others].flatMap(asItem);
    comment.blockTags = comment.blockTags.filter((tag) => !others.includes(tag));
  }
}

/** A parameter that is taken apart has no name in the code: it is called as the last word of its type, such as options. */
function nameParameters(project) {
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name !== "__namedParameters") continue;
    const [word] = /[A-Z][a-z]+$/.exec(parameter.type?.name ?? "") ?? [];
    parameter.name = parameter.type?.type === "reference" && word ? word.toLowerCase() : "options";
  }
}

/** The class's page has what the class has without imports: the other methods are the functions of their names. */
function leaveOutAddedMethods(project) {
  const tensors = project.getReflectionsByKind(ReflectionKind.Class).filter(({ name }) => name === "Tensor");
  for (const method of tensors.flatMap(({ children = [] }) => children)) {
    if (!method.sources?.some(({ fileName }) => fileName.endsWith("tensor.ts"))) project.removeReflection(method);
  }
}

/** Guides come first. Only packages have categories: those of the whole site would mix the guides with one package's. */
function sortRoot(project) {
  const guides = project.documents ?? [];
  for (const guide of guides) if (guide.name === "CONTRIBUTING") guide.name = "Contributing";
  delete project.categories;
  project.childrenIncludingDocuments = [...guides, ...(project.children ?? [])];
}

/** Words of TypeDoc's that are others here. */
const words = {
  kind_plural_document: "Guides",
  kind_plural_module: "Packages",
  theme_on_this_page: "On this page",
  theme_hierarchy: "Hierarchy",
  theme_hierarchy_summary: "Class hierarchy",
  theme_hierarchy_view_summary: "all classes",
  theme_hierarchy_expand: "more",
  theme_hierarchy_collapse: "less",
};

export function load(app) {
  app.internationalization.addTranslations("en", words);
  app.renderer.defineTheme("dlcc", DlccTheme);
  app.renderer.defineRouter("dlcc", Router);
  app.on(Application.EVENT_BOOTSTRAP_END, () => setOptions(app));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    leaveOutAddedMethods(project);
    categorize(app, project);
    nameErrors(project);
    gatherErrors(project);
  });
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      nameParameters(project); // after TypeDoc has named those that a comment names
      sortMembers(project); // after TypeDoc's groups
    },
    -1000,
  );
  app.on(Application.EVENT_PROJECT_REVIVE, sortRoot, -1000); // after TypeDoc's own sorting
}
