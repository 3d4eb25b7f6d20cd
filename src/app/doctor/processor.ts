import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { locateEngineBuild } from '../../core/engine/build-manifest.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Finding } from './finding.ts';

/** Instruction sets that matter to decoding, under the names we use for them. */
export const RELEVANT_FEATURES = ['avx2', 'fma', 'f16c', 'avx512', 'neon'] as const;
export type ProcessorFeature = (typeof RELEVANT_FEATURES)[number];

/** Linux' and macOS' own names, where they differ from ours. */
const SYSTEM_NAMES: Readonly<Record<string, ProcessorFeature>> = {
  avx512f: 'avx512',
  asimd: 'neon',
  'hw.optional.neon': 'neon',
  'hw.optional.AdvSIMD': 'neon',
  'hw.optional.avx2_0': 'avx2',
  'hw.optional.fma': 'fma',
  'hw.optional.f16c': 'f16c',
  'hw.optional.avx512f': 'avx512',
};

/** Picks the features that matter out of a list of the system's names for them. */
export function relevantFeatures(systemNames: readonly string[]): ProcessorFeature[] {
  const present = new Set(systemNames.map((name) => SYSTEM_NAMES[name] ?? name));
  return RELEVANT_FEATURES.filter((feature) => present.has(feature));
}

/** Features in the text of Linux' `/proc/cpuinfo` (`flags` on x86, `Features` on ARM). */
export function featuresInCpuInfo(cpuInfo: string): ProcessorFeature[] {
  const line = /^(?:flags|Features)\s*:(.*)$/mu.exec(cpuInfo)?.[1] ?? '';
  return relevantFeatures(line.trim().split(/\s+/u));
}

/** Features in the output of macOS' `sysctl hw.optional`. */
export function featuresInSysctl(output: string): ProcessorFeature[] {
  const present = output
    .split('\n')
    .map((line) => /^(\S+):\s*1$/u.exec(line.trim())?.[1] ?? '')
    .filter((name) => name !== '');
  return relevantFeatures(present);
}

/** What this machine's processor can do; `null` where the system does not tell. */
function processorFeatures(): ProcessorFeature[] | null {
  try {
    if (process.platform === 'linux') return featuresInCpuInfo(readFileSync('/proc/cpuinfo', 'utf8'));
    if (process.platform === 'darwin') {
      return featuresInSysctl(execFileSync('sysctl', ['hw.optional'], { encoding: 'utf8', timeout: 5000 }));
    }
  } catch {
    return null; // A container without /proc or sysctl: the benchmark still tells how fast it is.
  }
  return process.arch === 'arm64' ? ['neon'] : null;
}

/** Finds the engine's build and compares what it uses with what the processor can do. */
export function checkEngineBuild(): Finding[] {
  const available = processorFeatures();
  const processor = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const cores = os.availableParallelism();
  const cpu: Finding = {
    check: 'processor',
    status: 'ok',
    summary: `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${describeFeatures(available)}`,
    facts: { model: processor, cores, features: available },
  };
  try {
    const { manifest } = locateEngineBuild();
    const built = relevantFeatures(manifest.processor.features);
    return [cpu, compareBuild(built, available, manifest)];
  } catch (error) {
    return [
      cpu,
      {
        check: 'engine',
        status: 'fail',
        summary: 'The speech engine is not built.',
        advice: describeError(error),
      },
    ];
  }
}

/** Says whether a build made for a processor with `built` features fits one with `available`. */
export function compareBuild(
  built: readonly ProcessorFeature[],
  available: readonly ProcessorFeature[] | null,
  manifest: {
    readonly arch: string;
    readonly compiler: string;
    readonly backend: string;
    readonly gpu: boolean;
  },
): Finding {
  const facts = {
    built,
    available,
    arch: manifest.arch,
    compiler: manifest.compiler,
    backend: manifest.backend,
  };
  const rebuild = 'Run `npm run build:engine` on this machine.';
  const missing = available === null ? [] : built.filter((feature) => !available.includes(feature));
  if (missing.length > 0) {
    return {
      check: 'engine',
      status: 'fail',
      summary: `The speech engine was built for a processor with ${missing.join(', ')}, which this one does not have.`,
      advice: rebuild,
      facts,
    };
  }
  const unused = available?.filter((feature) => !built.includes(feature)) ?? [];
  if (manifest.arch === 'native' && unused.length > 0) {
    return {
      check: 'engine',
      status: 'warn',
      summary: `The speech engine was built elsewhere and makes no use of this processor's ${unused.join(', ')}.`,
      advice: rebuild,
      facts,
    };
  }
  const uses =
    manifest.arch === 'native' ? describeFeatures(built) : `the instruction set "${manifest.arch}"`;
  return {
    check: 'engine',
    status: 'ok',
    summary: `The speech engine is built and uses ${uses}${manifest.gpu ? ` and the GPU (${manifest.backend})` : ''}`,
    facts,
  };
}

function describeFeatures(features: readonly ProcessorFeature[] | null): string {
  if (features === null) return 'features unknown';
  return features.length === 0 ? 'no fast vector instructions' : features.join(' ');
}
