/** Work for the device. It never rejects: whoever asked for it looks at what it left behind. */
type Job = () => void | Promise<void>;

/** One queue, first in first out. Jobs are asked for synchronously, and run when the program yields. */
export class Queue {
  #jobs: Job[] = [];
  #running = false;

  /** Puts a job at the end. */
  push(job: Job): void {
    this.#jobs.push(job);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs;
      this.#jobs = []; // What is asked for meanwhile is the next batch.
      for (const job of jobs) await job();
    }
    this.#running = false;
  }
}
