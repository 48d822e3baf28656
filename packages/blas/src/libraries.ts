/** The BLAS libraries that are known: under which names each system has them, and how each is asked and told. */
import type { Library } from "./foreign.ts";

/** What is known of a library that was opened. */
export interface Known {
  /** Its name, such as `OpenBLAS`. */
  readonly name: string;
  /** Its version, as it says it. */
  readonly version: string;
  /** Which of its kernels it has chosen for this processor, if it says so. */
  readonly kernel?: string;
  /** Whether it counts with 64 bits (ILP64). */
  readonly wide: boolean;
  /** Sets the number of its threads; missing where it can't be set. */
  readonly setThreads?: (threads: number) => void;
}

/**
 * The file names to look for, in this order, by platform. On Linux they are sonames, which a library has without its
 * development package: `libopenblas.so` alone is a link of that package.
 */
export const fileNames: Readonly<Record<string, readonly string[]>> = {
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
  linux: [
    ...["libopenblas.so.0", "libopenblasp.so.0", "libopenblaso.so.0", "libopenblas.so.3"],
    ...["libmkl_rt.so.2", "libmkl_rt.so.1", "libblis.so.4", "libblas.so.3"],
  ],
  win32: ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll", "mkl_rt.1.dll", "libblis.dll"],
};

/** How to get one, by platform. */
export const howToInstall: Readonly<Record<string, string>> = {
  linux: "sudo apt-get install libopenblas0-pthread, or sudo dnf install openblas-threads",
  win32: "put libopenblas.dll of https://github.com/OpenMathLib/OpenBLAS/releases into a folder of the PATH",
};

/** Recognizes OpenBLAS. */
function openBlas(library: Library): Known | undefined {
  const config = library.text("openblas_get_config");
  if (config === undefined) return undefined;
  const kernel = library.text("openblas_get_corename");
  const setThreads = library.setter("openblas_set_num_threads", "int");
  return {
    name: "OpenBLAS",
    version: /\d+(\.\d+)+/.exec(config)?.[0] ?? config,
    ...(kernel !== undefined && { kernel }),
    wide: config.includes("USE64BITINT"),
    ...(setThreads && { setThreads }),
  };
}

/** Recognizes Intel's MKL. */
function mkl(library: Library): Known | undefined {
  const version = library.filled("mkl_get_version_string", 198);
  if (version === undefined) return undefined;
  const setThreads = library.setter("MKL_Set_Num_Threads", "int");
  return {
    name: "MKL",
    version: /Version ([\d.]+)/.exec(version)?.[1] ?? version.trim(),
    wide: false, // mkl_rt counts with 32 bits, unless the environment variable MKL_INTERFACE_LAYER says otherwise.
    ...(setThreads && { setThreads }),
  };
}

/** Recognizes BLIS. */
function blis(library: Library): Known | undefined {
  const version = library.text("bli_info_get_version_str");
  if (version === undefined) return undefined;
  const setThreads = library.setter("bli_thread_set_num_threads", "int64_t");
  return { name: "BLIS", version, wide: false, ...(setThreads && { setThreads }) };
}

/** Recognizes Apple's Accelerate by its path; it decides on its threads itself. */
const accelerate = (_: Library, file: string): Known | undefined =>
  file.includes("Accelerate.framework") ? { name: "Accelerate", version: "of this macOS", wide: false } : undefined;

/** What a library is, or undefined: then it may be the reference BLAS, which is slow. */
export function recognize(library: Library, file: string): Known | undefined {
  for (const known of [openBlas, mkl, blis, accelerate]) {
    const found = known(library, file);
    if (found) return found;
  }
  return undefined;
}
