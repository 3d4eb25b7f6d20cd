import type { FileBytes } from '../file-bytes.ts';
import { u24, u32, u64 } from './bytes.ts';
import { childBox, innerBoxes, topLevelBoxes } from './mp4-boxes.ts';
import type { Mp4FragmentDefaults, Mp4Track } from './mp4-track.ts';

const MAX_MOOF_BYTES = 16 * 1024 * 1024;
const MAX_SAMPLE_BYTES = 1024 * 1024;

/**
 * Adds the samples that a fragmented file (a recording in progress, a download of a stream) lists in its `moof`
 * boxes. Source: ISO/IEC 14496-12 §8.8.
 */
export function readFragments(file: FileBytes, track: Mp4Track, defaults: Mp4FragmentDefaults): void {
  const clock: FragmentClock = { origin: null };
  for (const box of topLevelBoxes(file)) {
    if (box.type !== 'moof' || box.length > MAX_MOOF_BYTES) continue;
    const moof = file.read(box.position + box.headerLength, box.length - box.headerLength);
    if (moof.length < box.length - box.headerLength) return;
    for (const inner of innerBoxes(moof, 0, moof.length)) {
      if (inner.type !== 'traf') continue;
      const traf = moof.subarray(inner.position + inner.headerLength, inner.position + inner.length);
      readTrackFragment(traf, box.position, track, defaults, clock);
    }
  }
}

function readTrackFragment(
  traf: Uint8Array,
  moofPosition: number,
  track: Mp4Track,
  defaults: Mp4FragmentDefaults,
  clock: FragmentClock,
): void {
  const tfhd = childBox(traf, 'tfhd');
  if (!tfhd || u32(tfhd, 4) !== track.id) return;
  const flags = u24(tfhd, 1);
  let at = 8;
  const base = flags & 0x1 ? u64(tfhd, at) : moofPosition;
  at += (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
  const duration = flags & 0x8 ? u32(tfhd, at) : defaults.duration;
  at += flags & 0x8 ? 4 : 0;
  const size = flags & 0x10 ? u32(tfhd, at) : defaults.size;
  let gap = gapBefore(childBox(traf, 'tfdt'), track, clock);
  let offset = base;
  for (const box of innerBoxes(traf, 0, traf.length)) {
    if (box.type !== 'trun') continue;
    const trun = traf.subarray(box.position + box.headerLength, box.position + box.length);
    offset = readRun(trun, { base, offset, duration, size, gap }, track);
    gap = 0;
  }
}

/** When the first fragment begins: a download may start in the middle of a stream. */
interface FragmentClock {
  origin: number | null;
}

/** Where a fragment is missing, the next one's time tells. */
function gapBefore(tfdt: Uint8Array | null, { samples }: Mp4Track, clock: FragmentClock): number {
  if (!tfdt) return 0;
  const start = tfdt[0] === 1 ? u64(tfdt, 4) : u32(tfdt, 4);
  clock.origin ??= start - samples.duration;
  return Math.max(0, start - clock.origin - samples.duration);
}

interface RunDefaults {
  readonly base: number;
  /** Where the run before ended. */
  readonly offset: number;
  readonly duration: number;
  readonly size: number;
  readonly gap: number;
}

/** @returns where the run ends in the file. */
function readRun(trun: Uint8Array, run: RunDefaults, { samples }: Mp4Track): number {
  const flags = u24(trun, 1);
  const count = u32(trun, 4);
  let at = 8;
  let offset = run.offset;
  if (flags & 0x1) {
    offset = run.base + (u32(trun, at) | 0);
    at += 4;
  }
  if (flags & 0x4) at += 4;
  for (let i = 0; i < count && at <= trun.length; i++) {
    const duration = flags & 0x100 ? u32(trun, at) : run.duration;
    if (flags & 0x100) at += 4;
    const size = flags & 0x200 ? u32(trun, at) : run.size;
    if (flags & 0x200) at += 4;
    if (flags & 0x400) at += 4;
    if (flags & 0x800) at += 4;
    // Without sizes of their own the count alone bounds the loop: stop where nothing can follow.
    if (at > trun.length || size === 0 || size > MAX_SAMPLE_BYTES) break;
    samples.push(offset, size);
    samples.pushDuration(1, duration, i === 0 ? run.gap : 0);
    offset += size;
  }
  return offset;
}
