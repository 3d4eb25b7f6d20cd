import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { type Clock, systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import type { CatalogueModel } from '../../../src/core/models/catalogue.ts';
import type { DownloadEvent, DownloadPatience } from '../../../src/core/models/download-events.ts';
import { ModelStore } from '../../../src/core/models/store.ts';

// The machine's own proxy has no business here.
for (const name of ['no_proxy', 'NO_PROXY']) vi.stubEnv(name, '127.0.0.1');

/** Bytes that are the same every time and repeat nowhere. */
export function contentOf(bytes: number, seed = 1): Buffer {
  const content = Buffer.alloc(bytes);
  let state = seed;
  for (let at = 0; at + 4 <= bytes; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    content.writeUInt32LE(state, at);
  }
  return content;
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A catalogue entry for made-up content. */
export function catalogueModel(name: string, content: Buffer): CatalogueModel {
  return {
    name,
    bytes: content.length,
    sha256: sha256Of(content),
    family: 'tiny',
    languages: 'multilingual',
    quantization: 'f16',
  };
}

/** Hardly any waiting between tries. */
export const IMPATIENT: Partial<DownloadPatience> = { firstRetryMs: 1, longestRetryMs: 4 };

/** A store in a folder of its own, with one model to download. */
export class ModelBench {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-models-'));
  readonly content: Buffer;
  readonly model: CatalogueModel;
  readonly events: DownloadEvent[] = [];

  constructor(bytes = 300_000) {
    this.content = contentOf(bytes);
    this.model = catalogueModel('tiny', this.content);
  }

  /** What a server has to offer for the catalogue. */
  get contents(): Map<string, Buffer> {
    return new Map([['/ggml-tiny.bin', this.content]]);
  }

  store(patience: Partial<DownloadPatience> = IMPATIENT, clock: Clock = systemClock): ModelStore {
    return new ModelStore({
      folder: this.folder,
      bundled: null,
      clock,
      logger: silentLogger,
      catalogue: [this.model],
      patience,
    });
  }

  /** Pulls the model from `mirror`, noting the events. */
  pull(mirror: string, store: ModelStore = this.store(), signal?: AbortSignal): Promise<unknown> {
    return store.pull('tiny', { mirror, signal, onEvent: (event) => this.events.push(event) });
  }

  /** Names in the models folder, but for the locks. */
  get files(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name !== '.locks')
      .sort();
  }

  get installed(): Buffer {
    return readFileSync(path.join(this.folder, 'ggml-tiny.bin'));
  }

  get part(): Buffer {
    return readFileSync(path.join(this.folder, 'ggml-tiny.bin.part'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the models folder holds after a pull. */
export const WHOLE = ['ggml-tiny.bin', 'ggml-tiny.bin.json'];
/** … and after one that stopped on the way. */
export const STOPPED = ['ggml-tiny.bin.part', 'ggml-tiny.bin.part.json'];
