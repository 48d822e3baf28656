/** One file of the database. */
export interface DataFile {
  /** Its name on the database's page; the mirrors have it gzip-compressed, with `.gz` at the end. */
  readonly name: string;
  /** The number of unpacked bytes. */
  readonly bytes: number;
  /** The digest of the unpacked content, because mirrors may compress it differently. */
  readonly sha256: string;
}

/** The MNIST database: Y. LeCun, C. Cortes, C. J. C. Burges; CC BY-SA 3.0. */
export const mnistFiles: readonly DataFile[] = [
  {
    name: "train-images-idx3-ubyte",
    bytes: 47_040_016,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  {
    name: "train-labels-idx1-ubyte",
    bytes: 60_008,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  {
    name: "t10k-images-idx3-ubyte",
    bytes: 7_840_016,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  {
    name: "t10k-labels-idx1-ubyte",
    bytes: 10_008,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
];

/** Public mirrors, in the order in which they are tried. */
export const mnistMirrors: readonly string[] = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
];
