import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ModelBench } from '../model-bench.ts';

const SCRIPT = fileURLToPath(new URL('pull-child.mjs', import.meta.url));

/** What the process prints. */
export interface PullEvent {
  readonly type: string;
  readonly bytes?: number;
  readonly pid?: number;
  readonly alreadyThere?: boolean;
  readonly code?: string;
}

/** A process of its own that pulls the bench's model. */
export class PullProcess {
  readonly events: PullEvent[] = [];
  /** Exit code; `null` where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #listen: (event: PullEvent) => void = () => undefined;

  constructor(bench: ModelBench, mirror: string, environment: Record<string, string> = {}) {
    const { bytes, sha256 } = bench.model;
    this.#child = spawn(process.execPath, [SCRIPT, bench.folder, mirror, String(bytes), sha256], {
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (!stdout) throw new Error('Standard output is a pipe.');
    createInterface({ input: stdout }).on('line', (line) => {
      const event = JSON.parse(line) as PullEvent;
      this.events.push(event);
      this.#listen(event);
    });
    this.ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  /** The first event from now on that `fits`; `null` where the process ends before. */
  async until(fits: (event: PullEvent) => boolean): Promise<PullEvent | null> {
    const seen = new Promise<PullEvent>((resolve) => {
      this.#listen = (event) => {
        if (fits(event)) resolve(event);
      };
    });
    return Promise.race([seen, this.ended.then(() => null)]);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
