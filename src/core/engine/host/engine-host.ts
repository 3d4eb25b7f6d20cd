import { describeError } from '../../foundation/errors.ts';
import type { LogFields, Logger } from '../../foundation/logger.ts';
import type { DecodeRequest, Engine } from '../engine.ts';
import { type EngineCommand, type EngineReport, type EngineSpec, toWireError } from './messages.ts';

export interface EngineHostOptions {
  readonly load: (spec: EngineSpec, logger: Logger) => Promise<Engine>;
  readonly report: (report: EngineReport) => void;
  /** Called after a `close` command, when the engine is freed. */
  readonly onClosed: () => void;
}

/** The engine process's side of the wire: takes commands, runs the engine, reports. */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #running = new Map<number, AbortController>();
  #engine: Engine | null = null;

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  handle(command: EngineCommand): void {
    switch (command.type) {
      case 'load':
        void this.#load(command.spec);
        return;
      case 'decode':
        void this.#decode(command.id, command.request);
        return;
      case 'abort':
        this.#running.get(command.id)?.abort();
        return;
      case 'close':
        void this.#close();
        return;
    }
  }

  async #load(spec: EngineSpec): Promise<void> {
    try {
      this.#engine = await this.#options.load(spec, this.#logger());
      const { capabilities, model, maxConcurrent } = this.#engine;
      this.#options.report({ type: 'loaded', capabilities, model, maxConcurrent });
    } catch (error) {
      this.#options.report({ type: 'load-failed', error: toWireError(error, 'model_invalid') });
    }
  }

  async #decode(id: number, request: DecodeRequest): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      if (!this.#engine) throw new Error('A decode came before the model was loaded.');
      const result = await this.#engine.decode(request, { signal: abort.signal });
      this.#options.report({ type: 'decoded', id, result });
    } catch (error) {
      this.#options.report({ type: 'failed', id, error: toWireError(error, 'decode_failed') });
    } finally {
      this.#running.delete(id);
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#engine?.close();
    } catch (error) {
      this.#logger().warn('The engine could not be freed.', { error: describeError(error) });
    }
    this.#options.onClosed();
  }

  #logger(): Logger {
    const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) =>
      this.#options.report({ type: 'log', level, message, ...(fields ? { fields } : {}) });
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }
}
