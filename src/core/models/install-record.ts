import { readFile, stat } from 'node:fs/promises';
import { replaceFile } from '../files/durable-file.ts';
import type { ModelFiles } from './model-files.ts';

/** How far a model file can be trusted. */
export type ModelTrust =
  /** Its sha256 was checked against the catalogue. */
  | 'verified'
  /** Not in the catalogue; the user said that it is to be trusted. */
  | 'trusted'
  /** Put there by other means, or changed since. */
  | 'unchecked';

/** What is written beside a model file that has been checked. */
export interface InstallRecord {
  readonly trust: 'verified' | 'trusted';
  readonly sha256: string;
  readonly bytes: number;
  /** The file's time of change, whole milliseconds; another time means another content. */
  readonly modifiedMs: number;
}

/** Notes that `file`, which may still have another name than `files.model`, has been checked. */
export async function writeInstallRecord(
  files: ModelFiles,
  file: string,
  trust: InstallRecord['trust'],
  sha256: string,
): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  const record: InstallRecord = { trust, sha256, bytes: size, modifiedMs: Math.trunc(mtimeMs) };
  await replaceFile(files.record, `${JSON.stringify(record)}\n`, 0o644);
}

/** What is known of the model's file; `null` where nothing is, or the file is not the one noted. */
export async function readInstallRecord(files: ModelFiles): Promise<InstallRecord | null> {
  try {
    const [text, { size, mtimeMs }] = await Promise.all([readFile(files.record, 'utf8'), stat(files.model)]);
    const record: unknown = JSON.parse(text);
    if (!isInstallRecord(record)) return null;
    return record.bytes === size && record.modifiedMs === Math.trunc(mtimeMs) ? record : null;
  } catch {
    // Absent, unreadable or damaged all mean that nothing is known.
    return null;
  }
}

function isInstallRecord(value: unknown): value is InstallRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { trust, sha256, bytes, modifiedMs } = value as Record<string, unknown>;
  return (
    (trust === 'verified' || trust === 'trusted') &&
    typeof sha256 === 'string' &&
    typeof bytes === 'number' &&
    typeof modifiedMs === 'number'
  );
}
