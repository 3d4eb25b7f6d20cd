import { describe, expect, it } from 'vitest';
import type { EngineBuildManifest } from '../../../src/core/engine/build-manifest.ts';
import { missingProcessorFeatures } from '../../../src/core/engine/build-manifest.ts';

const MANIFEST: EngineBuildManifest = {
  smartWhisper: '0.8.1',
  whisperCpp: '2ef717b',
  compiler: 'c++ 12',
  flags: [],
  backend: 'cpu',
  gpu: false,
  arch: 'native',
  builtAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  patches: [],
  processor: { model: 'a processor', features: ['avx2', 'avx512f', 'fma'] },
};
const cpuInfo = (flags: string) => () => `processor\t: 0\nflags\t\t: fpu ${flags} sse\nbugs\t\t: none\n`;

describe('a build for another processor', () => {
  it('is told by what this processor lacks', () => {
    expect(missingProcessorFeatures(MANIFEST, cpuInfo('avx2 fma'))).toEqual(['avx512f']);
    expect(missingProcessorFeatures(MANIFEST, cpuInfo('avx2 avx512f fma gfni'))).toEqual([]);
  });

  it('is not suspected where it was made for every processor of a kind', () => {
    expect(missingProcessorFeatures({ ...MANIFEST, arch: 'x86-64-v3' }, cpuInfo('sse'))).toEqual([]);
  });

  it('is not suspected where the system does not tell', () => {
    expect(missingProcessorFeatures(MANIFEST, () => null)).toEqual([]);
  });
});
