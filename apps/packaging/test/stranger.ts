/** One project for all tests: packing and installing is what takes time. */
import type { TestProject } from "vitest/node";
import { Project } from "../src/project.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of the project. */
    stranger: string;
  }
}

/** vitest's global set-up. */
export function setup({ provide }: TestProject): () => void {
  const project = Project.create();
  provide("stranger", project.folder);
  return () => project.remove();
}
