#!/usr/bin/env node
// Builds whisper.cpp's command line into build/whisper-cpp, to be measured beside ours; prints its path.
// Plain JavaScript, like the engine's build, whose sources, compiler, flags and matrix kernels it uses.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineBuildError } from '../../../scripts/engine/failure.mjs';
import { findGnuToolchain, gnuCompileCommand, probeGnuToolchain } from '../../../scripts/engine/gnu.mjs';
import { describeProcessor } from '../../../scripts/engine/machine.mjs';
import { provideUpstream } from '../../../scripts/engine/packages.mjs';
import { engineBuildPlan } from '../../../scripts/engine/plan.mjs';
import { inParallel, run } from '../../../scripts/engine/run.mjs';
import {
  applyPatches,
  copySources,
  hashFiles,
  listSources,
  readPatches,
} from '../../../scripts/engine/sources.mjs';

const HERE = fileURLToPath(import.meta.url);
const ROOT = path.resolve(path.dirname(HERE), '..', '..', '..');
/** Without it the sources do not find their own header, and it would be measured with slower kernels than ours. */
const KERNELS_PATCH = '14-fast-matrix-kernels.patch';
const EXAMPLES = 'whisper.cpp/examples';
const PROGRAM_SOURCES = ['main/main.cpp', 'common.cpp', 'grammar-parser.cpp'].map(
  (file) => `${EXAMPLES}/${file}`,
);
const HEADERS = ['common.h', 'dr_wav.h', 'grammar-parser.h'].map((file) => `${EXAMPLES}/${file}`);

/**
 * Does nothing where the same has been built already.
 * @returns {Promise<string>} path of the program
 * @throws {EngineBuildError}
 */
async function buildWhisperCpp() {
  const { platform, arch: cpuArch, env } = process;
  if (platform === 'win32') {
    throw new EngineBuildError('ENGINE_BAD_OPTION', 'It is built with GCC or Clang only.');
  }
  const toolchain = findGnuToolchain(platform, env);
  const packageFolder = await provideUpstream(ROOT, env, (line) => console.error(line));
  const patches = readPatches(path.join(ROOT, 'patches', 'smart-whisper')).filter(
    ({ file }) => file === KERNELS_PATCH,
  );
  const plan = engineBuildPlan({ platform, cpuArch, env: { ...env, ...processorOnly(platform) } });
  const files = [...listSources(packageFolder), ...PROGRAM_SOURCES, ...HEADERS];
  const inputs = {
    sources: hashFiles(packageFolder, files),
    patches: patches.map(({ sha256 }) => sha256),
    script: hashFiles(path.dirname(HERE), [path.basename(HERE)]),
    toolchain,
    plan,
    processor: describeProcessor(),
  };
  const fingerprint = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
  const folder = path.join(ROOT, 'build', 'whisper-cpp');
  const program = path.join(folder, 'main');
  const stamp = path.join(folder, 'fingerprint');
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return program;

  console.error('Compiling whisper.cpp’s command line …');
  rmSync(folder, { recursive: true, force: true });
  const copy = path.join(folder, 'source');
  copySources(packageFolder, files, copy);
  applyPatches(copy, patches);
  const objects = path.join(folder, 'objects');
  mkdirSync(objects);
  const archFlags = await probeGnuToolchain(toolchain, plan.archFlags, platform);
  const sources = [...plan.sources.filter((source) => source.startsWith('whisper.cpp/')), ...PROGRAM_SOURCES];
  const jobs = sources.map((source) => ({
    source: path.join(copy, source),
    object: path.join(objects, `${path.basename(source)}.o`),
    defines: plan.defines,
    includes: [...plan.includes, EXAMPLES].map((include) => path.join(copy, include)),
    archFlags,
  }));
  await inParallel(
    jobs.map((job) => () => mustRun(gnuCompileCommand(toolchain, job))),
    os.availableParallelism(),
  );
  const { program: linker, args } = toolchain.cxx;
  const linked = jobs.map(({ object }) => object);
  await mustRun({
    program: linker,
    args: [...args, ...linked, '-pthread', ...plan.linkInputs, '-lm', '-o', program],
  });
  rmSync(copy, { recursive: true });
  rmSync(objects, { recursive: true });
  writeFileSync(stamp, fingerprint);
  return program;
}

/**
 * The engine's own settings but for those that would leave nothing of whisper.cpp to compile, or need a GPU.
 * @param {NodeJS.Platform} platform
 */
function processorOnly(platform) {
  return { BYOL: undefined, ...(platform === 'darwin' ? { SURTITLE_ENGINE_BACKEND: 'accelerate' } : {}) };
}

/** @param {{program: string, args: string[]}} command */
async function mustRun({ program, args }) {
  const { status, output } = await run(program, args);
  if (status === 0) return;
  const complaint = output.split('\n').find((line) => /error/i.test(line)) ?? output.slice(0, 200);
  throw new EngineBuildError('ENGINE_COMPILE_FAILED', complaint.trim());
}

try {
  console.log(await buildWhisperCpp());
} catch (error) {
  if (!(error instanceof EngineBuildError)) throw error;
  // What follows the first line is advice on the engine's build.
  console.error(error.message.split('\n')[0]);
  process.exitCode = 1;
}
