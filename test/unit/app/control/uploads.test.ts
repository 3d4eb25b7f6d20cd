import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Uploads } from '../../../../src/app/control/uploads.ts';
import { silentLogger } from '../../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';

const TWO_DAYS_MS = 48 * 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 10);
const OLD = '00000000-0000-4000-8000-000000000000';
const WAITING = '00000001-0000-4000-8000-000000000000';
const FRESH = '00000002-0000-4000-8000-000000000000';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'surtitle-uploads-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @returns path of an upload as an earlier run left it. */
function left(id: string, ageMs: number): string {
  const file = path.join(folder, id, 'talk.wav');
  mkdirSync(path.dirname(file));
  writeFileSync(file, 'audio');
  const at = new Date(NOW_MS - ageMs);
  utimesSync(path.dirname(file), at, at);
  return file;
}

describe('sweeping uploads at the start', () => {
  it('removes old ones, but none that still waits to be transcribed', async () => {
    const uploads = new Uploads({
      folder,
      maxFileBytes: 1_000,
      clock: new VirtualClock(),
      logger: silentLogger,
    });
    left(OLD, TWO_DAYS_MS);
    const file = left(WAITING, TWO_DAYS_MS);
    left(FRESH, 1_000);
    mkdirSync(path.join(folder, 'not an upload'));
    await uploads.sweep([file], NOW_MS);
    expect(readdirSync(folder).sort()).toEqual([WAITING, FRESH, 'not an upload']);
  });
});
