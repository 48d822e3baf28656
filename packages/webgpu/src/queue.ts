/** Work for the device: a promise where it has to wait. It never rejects: who asked for it looks at what it left behind. */
export type Job = () => void | Promise<void>;

/**
 * One queue, first in first out. A job runs at once where nothing waits before it: so a loop that never yields makes
 * progress as soon as its pipelines are compiled.
 */
export class Queue {
  #jobs: Job[] = [];
  #waiting = false;

  /** Whether the next job will run at once. */
  get idle(): boolean {
    return !this.#waiting;
  }

  /** Puts a job at the end. */
  push(job: Job): void {
    if (this.#waiting) {
      this.#jobs.push(job);
      return;
    }
    this.#waiting = true; // What the job itself asks for comes behind it.
    let done: ReturnType<Job> | undefined;
    try {
      done = job();
    } finally {
      if (done || this.#jobs.length > 0) void this.#drain(done);
      else this.#waiting = false;
    }
  }

  async #drain(first: ReturnType<Job>): Promise<void> {
    await first;
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs;
      this.#jobs = []; // What is asked for meanwhile is the next batch.
      for (const job of jobs) {
        const done = job();
        if (done) await done;
      }
    }
    this.#waiting = false;
  }
}
