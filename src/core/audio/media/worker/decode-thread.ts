/**
 * Entry point of the thread that decodes one file. It stays as many pieces ahead as it was allowed, and ends with the
 * file.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { describeError } from '../../../foundation/errors.ts';
import { AudioFileError } from '../../audio-file-error.ts';
import { decodePieces, tooLong } from '../decode-pieces.ts';
import { FileBytes } from '../file-bytes.ts';
import { openReader } from '../open-reader.ts';
import { boundIntegerArrays } from './bound-arrays.ts';
import type { DecodeCommand, DecodeFailure, DecodeReport, DecodeTask } from './messages.ts';

// Decoders write about every damaged frame.
console.log = console.warn = console.error = () => {};
boundIntegerArrays();

const { path, maxDurationMs } = workerData as DecodeTask;
const warned = new Set<string>();
let allowed = 0;
let proceed: () => void = () => {};

parentPort?.on('message', (command: DecodeCommand) => {
  allowed += command.pieces;
  proceed();
});

try {
  await decode();
} catch (error) {
  report({ type: 'failed', error: failureOf(error) });
}
parentPort?.close();

async function decode(): Promise<void> {
  const file = new FileBytes(path);
  const opened = openReader(file, warn);
  if (!('reader' in opened)) return report({ type: 'foreign', ...opened });
  const { reader } = opened;
  if (reader.durationMs !== null && reader.durationMs > maxDurationMs) throw tooLong(maxDurationMs);
  const pieces = decodePieces(reader, maxDurationMs);
  let next: IteratorResult<Float32Array>;
  try {
    next = await pieces.next();
  } catch (error) {
    if (!(error instanceof AudioFileError) || error.code !== 'audio_file_unsupported') throw error;
    return report({ type: 'foreign', demuxer: opened.demuxer, reason: error.message });
  }
  report({ type: 'opened', format: reader.format, durationMs: reader.durationMs });
  while (next.done !== true) {
    while (allowed === 0) await new Promise<void>((resolve) => (proceed = resolve));
    allowed--;
    const samples = next.value;
    report({ type: 'piece', samples, readShare: reader.readShare }, [samples.buffer as ArrayBuffer]);
    next = await pieces.next();
  }
  if (file.shrunk) warn('The file became shorter while it was read.');
  report({ type: 'end' });
}

function warn(sentence: string): void {
  if (warned.has(sentence)) return;
  warned.add(sentence);
  report({ type: 'warning', sentence });
}

function report(message: DecodeReport, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function failureOf(error: unknown): DecodeFailure {
  const message = describeError(error);
  if (error instanceof AudioFileError) return { kind: 'audio', code: error.code, message };
  if (error instanceof Error && 'syscall' in error) {
    return { kind: 'system', code: 'code' in error ? String(error.code) : null, message };
  }
  return { kind: 'defect', message };
}
