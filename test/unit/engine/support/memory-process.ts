import type { Engine } from '../../../../src/core/engine/engine.ts';
import { EngineHost } from '../../../../src/core/engine/host/engine-host.ts';
import type { EngineCommand, EngineReport, EngineSpec } from '../../../../src/core/engine/host/messages.ts';
import type { EngineExit, EngineProcess } from '../../../../src/core/engine/host/process.ts';

/** An engine process in memory: the real host behind a wire that clones, on which a test can pull the plug. */
export class MemoryProcess implements EngineProcess {
  /** Ids of the decodes it was sent, in order. */
  readonly received: number[] = [];
  readonly #host: EngineHost;
  #onReport: (report: EngineReport) => void = () => {};
  #onExit: (exit: EngineExit) => void = () => {};
  #alive = true;

  constructor(load: (spec: EngineSpec) => Promise<Engine>) {
    this.#host = new EngineHost({
      load,
      report: (report) => this.#deliver(() => this.#onReport(structuredClone(report))),
      onClosed: () => this.crash({ reason: 'code 0', external: false }),
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  post(command: EngineCommand): void {
    const copy = structuredClone(command);
    this.#deliver(() => {
      if (copy.type === 'decode') this.received.push(copy.id);
      this.#host.handle(copy);
    });
  }

  onReport(listener: (report: EngineReport) => void): void {
    this.#onReport = listener;
  }

  onExit(listener: (exit: EngineExit) => void): void {
    this.#onExit = listener;
  }

  kill(): void {
    this.crash({ reason: 'signal SIGKILL', external: true });
  }

  /** Dies: nothing that was on its way arrives any more. */
  crash(exit: EngineExit = { reason: 'signal SIGSEGV', external: false }): void {
    if (!this.#alive) return;
    this.#alive = false;
    queueMicrotask(() => this.#onExit(exit));
  }

  #deliver(arrive: () => void): void {
    queueMicrotask(() => {
      if (this.#alive) arrive();
    });
  }
}
