import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { CatalogueModel } from './catalogue.ts';
import { offline } from './connection-failure.ts';
import { requireDiskSpace } from './disk-space.ts';
import type { DownloadEvent, DownloadPatience } from './download-events.ts';
import type { HttpClient } from './http.ts';
import { publicAddress } from './hub.ts';
import { writeInstallRecord } from './install-record.ts';
import { ModelError, writeFailure } from './model-error.ts';
import type { ModelFiles } from './model-files.ts';
import type { ModelLock } from './model-lock.ts';
import { PartFile } from './part-file.ts';
import { type TransferResult, transfer } from './transfer.ts';
import { wait } from './waiting.ts';

export interface DownloadOptions {
  readonly model: CatalogueModel;
  readonly address: URL;
  /** Models folder. */
  readonly folder: string;
  readonly files: ModelFiles;
  readonly http: HttpClient;
  /** Held by the caller. */
  readonly lock: ModelLock;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly patience: DownloadPatience;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DownloadEvent) => void;
}

/**
 * Downloads a model file, going on where an earlier download stopped, and puts it into place when its sha256
 * is right. What has come stays on the disk however this ends, unless it is wrong.
 *
 * @throws {ModelError} `download_…`, `size_mismatch`, `checksum_mismatch`, `disk_full`,
 *   `models_folder_unwritable`; the signal's reason.
 */
export async function download(options: DownloadOptions): Promise<void> {
  for (let last = false; ; last = true) {
    const part = await openPart(options);
    try {
      const continued = part.bytes > 0;
      await requireDiskSpace(options.folder, options.model.bytes - part.bytes);
      const pieces = await fill(part, options);
      if (part.matches()) {
        await putIntoPlace(part, options);
        return;
      }
      await part.discard();
      if (last || (!continued && pieces === 1)) throw wrongContent(options);
      // Put together from several answers, perhaps of several contents: once more, in one piece if it can be.
      options.onEvent({ type: 'restarting', reason: 'the pieces do not fit together' });
    } finally {
      await part.close();
    }
  }
}

async function openPart({ files, model, folder, signal, onEvent }: DownloadOptions): Promise<PartFile> {
  try {
    return await PartFile.open(files, model, signal, (bytes) =>
      onEvent({ type: 'checking', bytes, totalBytes: model.bytes }),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw writeFailure(folder, error);
  }
}

/** Asks until the part has all its bytes. @returns how many answers it took. */
async function fill(part: PartFile, options: DownloadOptions): Promise<number> {
  const { model, patience, onEvent, signal } = options;
  const budget = new RetryBudget(patience, part.bytes);
  let useRange = true;
  let pieces = 0;
  while (part.bytes < model.bytes) {
    const result = await once(part, useRange, options);
    pieces++;
    if (result.kind === 'complete') break;
    budget.count(result, part.bytes);
    if (budget.isSpent) throw givenUp(result, budget, options);
    useRange = result.kind !== 'without_range';
    if (result.kind === 'without_range') {
      onEvent({ type: 'restarting', reason: result.reason });
      continue;
    }
    const delayMs = Math.max(budget.delayMs, result.afterMs ?? 0);
    if (delayMs > LONGEST_WAIT_MS) throw givenUp(result, budget, options);
    options.logger.info('A model download goes on after a break.', { model: model.name, bytes: part.bytes });
    onEvent({ type: 'retrying', reason: result.reason, delayMs });
    await wait(options.clock, delayMs, signal);
  }
  return pieces;
}

function once(part: PartFile, useRange: boolean, options: DownloadOptions): Promise<TransferResult> {
  const { http, address, folder, model, lock, clock, patience, signal, onEvent } = options;
  return transfer({
    http,
    address,
    part,
    folder,
    useRange,
    totalBytes: model.bytes,
    clock,
    stallMs: patience.stallMs,
    signal,
    beforeWrite: () => lock.confirm(),
    onStartOver: (reason) => onEvent({ type: 'restarting', reason }),
    onBytes: (bytes) => onEvent({ type: 'downloading', bytes, totalBytes: model.bytes }),
  });
}

async function putIntoPlace(part: PartFile, { files, folder, model, lock, signal }: DownloadOptions) {
  try {
    await part.sync();
    await part.close();
    await lock.confirm();
    signal.throwIfAborted();
    // First the record: where the power goes between the two, a record without its file means nothing.
    await writeInstallRecord(files, files.part, 'verified', model.sha256);
    await part.moveIntoPlace();
  } catch (error) {
    signal.throwIfAborted();
    throw writeFailure(folder, error);
  }
}

/** Longer than this nobody waits at a progress bar, whatever a server asks for. */
const LONGEST_WAIT_MS = 120_000;

/** Counts tries in a row that bring nothing; "something" is more than there has ever been. */
class RetryBudget {
  readonly #patience: DownloadPatience;
  #most: number;
  #fruitless = 0;
  #answered = false;

  constructor(patience: DownloadPatience, bytes: number) {
    this.#patience = patience;
    this.#most = bytes;
  }

  get answered(): boolean {
    return this.#answered;
  }

  get isSpent(): boolean {
    const { fruitlessTries, unansweredTries } = this.#patience;
    return this.#fruitless >= (this.#answered ? fruitlessTries : unansweredTries);
  }

  /** Wait before the next try. */
  get delayMs(): number {
    const { firstRetryMs, longestRetryMs } = this.#patience;
    return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.max(0, this.#fruitless - 1));
  }

  count(result: TransferResult, bytes: number): void {
    this.#answered ||= result.kind !== 'later' || result.answered;
    this.#fruitless = bytes > this.#most ? 0 : this.#fruitless + 1;
    this.#most = Math.max(this.#most, bytes);
  }
}

function givenUp(
  result: Exclude<TransferResult, { kind: 'complete' }>,
  budget: RetryBudget,
  { address, model }: DownloadOptions,
): ModelError {
  if (!budget.answered && result.kind === 'later') return offline(result.cause, address);
  const when =
    result.kind === 'later' && result.afterMs !== null && result.afterMs > LONGEST_WAIT_MS
      ? ` and asks to come back in ${Math.ceil(result.afterMs / 60_000)} minutes`
      : '';
  return new ModelError(
    'download_failed',
    `${publicAddress(address)} could not be downloaded: ${result.reason}${when}. What has come is kept: \`surtitle models pull ${model.name}\` goes on from there.`,
    { cause: result.kind === 'later' ? result.cause : undefined },
  );
}

function wrongContent({ address, model }: DownloadOptions): ModelError {
  return new ModelError(
    'checksum_mismatch',
    `What ${publicAddress(address)} sent is not ${model.name}: its sha256 is not the catalogue's. It was thrown away. Try again, and use another source if that does not help.`,
  );
}
