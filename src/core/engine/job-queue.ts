import type { SupervisedJob } from './supervised-job.ts';

/** The supervisor's decodes: those waiting, in order, and those the engine process has now. */
export class JobQueue {
  #waiting: SupervisedJob[] = [];
  readonly #running = new Map<number, SupervisedJob>();

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#running.size === 0;
  }

  get running(): readonly SupervisedJob[] {
    return [...this.#running.values()];
  }

  add(job: SupervisedJob): void {
    this.#waiting.push(job);
  }

  /** Puts a probe before all others, to run alone. */
  addProbe(probe: SupervisedJob): void {
    probe.suspect = true;
    this.#waiting.unshift(probe);
  }

  get hasProbe(): boolean {
    return this.#waiting.some((job) => job.probe);
  }

  /** The job to give to the engine now, if one may be: at most `maxConcurrent` run, and a suspect runs alone. */
  start(maxConcurrent: number): SupervisedJob | null {
    const job = this.#waiting[0];
    if (!job || this.#running.size >= maxConcurrent) return null;
    if (this.#running.size > 0 && (job.suspect || this.running.some((other) => other.suspect))) return null;
    this.#waiting.shift();
    this.#running.set(job.id, job);
    return job;
  }

  /** The engine has answered for a job. @returns null if it is none of ours. */
  end(id: number): SupervisedJob | null {
    const job = this.#running.get(id);
    if (!job) return null;
    this.#running.delete(id);
    job.deadline?.cancel();
    return job;
  }

  /** Takes a job out of those waiting. @returns false if it does not wait. */
  remove(job: SupervisedJob): boolean {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /**
   * Puts what was running back in line after a crash: first what is not to blame, then what was waiting,
   * then what may be to blame, to be tried alone.
   *
   * @returns the job that was running at its second crash in a row, now out of the queue. As it ran alone
   * this time, those suspected with it are cleared.
   */
  recover(blamed: readonly SupervisedJob[]): SupervisedJob | null {
    const first: SupervisedJob[] = [];
    const last: SupervisedJob[] = [];
    let accused: SupervisedJob | null = null;
    for (const job of this.#takeRunning()) {
      if (job.aborted) job.rejectAborted();
      else if (job.probe || !blamed.includes(job)) first.push(job);
      else if (job.suspect) accused = job;
      else last.push(job);
    }
    if (accused) for (const job of this.#waiting) job.suspect = job.probe;
    for (const job of last) job.suspect = true;
    this.#waiting = [...first, ...this.#waiting, ...last];
    return accused;
  }

  /** Puts what was running back where it came from, and forgets all suspicion. */
  interrupt(): void {
    this.#waiting = [...this.#takeRunning(), ...this.#waiting];
    for (const job of this.#waiting) job.suspect = job.probe;
  }

  /** Empties the queue. @returns every job that was in it. */
  clear(): SupervisedJob[] {
    const jobs = [...this.#takeRunning(), ...this.#waiting];
    this.#waiting = [];
    return jobs;
  }

  #takeRunning(): SupervisedJob[] {
    const jobs = [...this.#running.values()];
    this.#running.clear();
    for (const job of jobs) job.deadline?.cancel();
    return jobs;
  }
}
