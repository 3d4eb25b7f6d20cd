import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Instruction sets that ggml makes use of; a build for this machine needs all of those it found here. */
const RELEVANT_FEATURES =
  /^(sse3|ssse3|sse4_1|sse4_2|avx|avx2|avx_vnni|fma|f16c|bmi1|bmi2|avx512\w+|amx_\w+|asimd|asimdhp|asimddp|i8mm|sve|sve2|fphp)$/;

/**
 * The processor a build was made for. Linux only tells its features; elsewhere the list is empty.
 * @returns {{model: string, features: string[]}}
 */
export function describeProcessor() {
  const model = os.cpus()[0]?.model.trim() ?? 'unknown';
  let features = '';
  if (process.platform === 'linux') {
    try {
      const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
      features = line?.[1] ?? '';
    } catch {
      // A container without /proc: the build goes on, it only cannot be recognised as foreign later.
    }
  }
  return {
    model,
    features: [...new Set(features.split(/\s+/).filter((name) => RELEVANT_FEATURES.test(name)))].sort(),
  };
}
