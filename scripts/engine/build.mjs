import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineBuildError } from './failure.mjs';
import { findGnuToolchain, gnuCompileCommand, gnuLinkCommand, probeGnuToolchain } from './gnu.mjs';
import { describeProcessor } from './machine.mjs';
import {
  DELAY_LOAD_HOOK,
  findMsvcToolchain,
  msvcCompileCommand,
  msvcImportLibrary,
  msvcLinkCommand,
} from './msvc.mjs';
import { findPackage, provideUpstream } from './packages.mjs';
import { engineBuildPlan, WHISPER_CPP_COMMIT } from './plan.mjs';
import { inParallel, run } from './run.mjs';
import { applyPatches, copySources, hashFiles, listSources, readPatches } from './sources.mjs';

const require = createRequire(import.meta.url);
const HERE = path.dirname(fileURLToPath(import.meta.url));
const ADDON = path.join('build', 'Release', 'smart-whisper.node');
const MANIFEST = 'manifest.json';
/** A leftover of a build that was killed; younger ones may belong to a build that is running. */
const STALE_MS = 60 * 60 * 1000;

/**
 * Builds the engine into `<root>/build/engine`, or does nothing where that is already what would be built.
 * The result appears under its name only when it is complete.
 * @param {{root: string, env?: Record<string, string|undefined>, force?: boolean, say?: (line: string) => void}} options
 * @returns {Promise<{built: boolean, folder: string, manifest: Record<string, unknown>}>}
 * @throws {EngineBuildError}
 */
export async function buildEngine({ root, env = process.env, force = false, say = () => {} }) {
  const started = performance.now();
  const { platform, arch: cpuArch } = process;
  const plan = engineBuildPlan({ platform, cpuArch, env });
  const patches = readPatches(path.join(root, 'patches', 'smart-whisper'));
  const toolchain = platform === 'win32' ? findMsvcToolchain(cpuArch, env) : findGnuToolchain(platform, env);
  const packageFolder = await provideUpstream(root, env, say);
  const files = listSources(packageFolder);
  const version = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')).version;
  const processor = describeProcessor();
  const scripts = readdirSync(HERE)
    .filter((file) => file.endsWith('.mjs'))
    .sort();
  const inputs = {
    smartWhisper: version,
    whisperCpp: WHISPER_CPP_COMMIT,
    sources: hashFiles(packageFolder, files),
    patches: patches.map(({ file, reason, sha256 }) => ({ file, reason, sha256 })),
    script: hashFiles(HERE, scripts),
    compiler:
      toolchain.kind === 'gnu'
        ? { c: toolchain.c, cxx: toolchain.cxx }
        : { c: toolchain.version, cxx: toolchain.version },
    platform,
    cpuArch,
    processor,
    plan,
    byol: plan.byol ? describeLibraries(plan.byol) : null,
  };
  const fingerprint = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
  const folder = path.join(root, 'build', 'engine');
  const present = readManifest(folder);
  if (!force && present?.fingerprint === fingerprint && existsSync(path.join(folder, ADDON))) {
    return { built: false, folder, manifest: present };
  }

  say(`Compiling the speech engine for this machine (${plan.backend}, ${plan.arch}) …`);
  removeStale(path.join(root, 'build'));
  const temporary = path.join(root, 'build', `.engine-${process.pid}-${Date.now().toString(36)}`);
  try {
    copySources(packageFolder, files, temporary);
    applyPatches(temporary, patches);
    const { flags } = await compileAndLink({ temporary, plan, toolchain, root, platform });
    const manifest = {
      schema: 1,
      fingerprint,
      builtAt: new Date().toISOString(),
      durationMs: Math.round(performance.now() - started),
      addon: ADDON.replaceAll('\\', '/'),
      smartWhisper: version,
      whisperCpp: WHISPER_CPP_COMMIT,
      patches: inputs.patches,
      compiler: toolchain.kind === 'gnu' ? toolchain.cxx.version : toolchain.version,
      flags,
      backend: plan.backend,
      gpu: plan.backend === 'metal' || plan.backend === 'byol',
      arch: plan.arch,
      platform,
      cpuArch,
      processor,
      byol: plan.byol,
    };
    writeFileSync(path.join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    replaceFolder(temporary, folder);
    return { built: true, folder, manifest };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {{
 *   temporary: string, plan: import('./plan.mjs').EngineBuildPlan, root: string, platform: NodeJS.Platform,
 *   toolchain: import('./gnu.mjs').GnuToolchain | import('./msvc.mjs').MsvcToolchain,
 * }} job
 */
async function compileAndLink({ temporary, plan, toolchain, root, platform }) {
  const objects = path.join(temporary, 'obj');
  const output = path.join(temporary, ADDON);
  mkdirSync(objects, { recursive: true });
  mkdirSync(path.dirname(output), { recursive: true });
  // Only these: never the headers of whatever Node happens to be installed on the machine.
  const includes = [
    ...plan.includes.map((folder) => path.join(temporary, folder)),
    findPackage('node-addon-api', root),
    path.join(findPackage('node-api-headers', root), 'include'),
  ];
  const archFlags =
    toolchain.kind === 'gnu' ? await probeGnuToolchain(toolchain, plan.archFlags, platform) : plan.archFlags;
  const env = toolchain.kind === 'msvc' ? toolchain.env : process.env;
  const sources = plan.sources.map((source) => path.join(temporary, source));
  if (plan.embedMetal) sources.push(writeMetalEmbedding(temporary));
  if (toolchain.kind === 'msvc') {
    const hook = path.join(objects, 'delay_load_hook.cc');
    writeFileSync(hook, DELAY_LOAD_HOOK);
    sources.push(hook);
  }
  const jobs = sources.map((source) => {
    const object = path.join(objects, `${path.basename(source)}.${toolchain.kind === 'gnu' ? 'o' : 'obj'}`);
    const parameters = { source, object, defines: plan.defines, includes, archFlags };
    const command =
      toolchain.kind === 'gnu' ? gnuCompileCommand(toolchain, parameters) : msvcCompileCommand(parameters);
    return { object, command, source };
  });
  await inParallel(
    jobs.map((job) => () => mustRun(job.command, env, `compiling ${path.basename(job.source)}`)),
    os.availableParallelism(),
  );
  const linkJob = { objects: jobs.map((job) => job.object), output, linkInputs: plan.linkInputs };
  if (toolchain.kind === 'gnu') {
    await mustRun(gnuLinkCommand(toolchain, { ...linkJob, platform }), env, 'linking');
  } else {
    const headers = require('node-api-headers');
    const definitions = [headers.def_paths.js_native_api_def, headers.def_paths.node_api_def];
    const imports = msvcImportLibrary(objects, definitions, toolchain.machine, (file) =>
      readFileSync(file, 'utf8'),
    );
    await mustRun(imports.command, env, 'making the import library');
    await mustRun(msvcLinkCommand({ ...linkJob, library: imports.library }), env, 'linking');
  }
  rmSync(objects, { recursive: true, force: true });
  const example = jobs.find((job) => job.source.endsWith('.c')) ?? jobs[0];
  const flags = (example?.command.args ?? []).filter((argument) => /^[-/](O|m|std|arch|D|f)/.test(argument));
  return { flags };
}

/**
 * The Metal shaders as data inside the addon, as upstream's Makefile does it.
 * @param {string} temporary
 */
function writeMetalEmbedding(temporary) {
  const folder = path.join(temporary, 'whisper.cpp', 'ggml', 'src');
  const common = readFileSync(path.join(folder, 'ggml-common.h'), 'utf8');
  const shaders = readFileSync(path.join(folder, 'ggml-metal.metal'), 'utf8');
  const merged = path.join(folder, 'ggml-metal-embed.metal');
  writeFileSync(
    merged,
    shaders.replace(/^#include "ggml-common\.h"$/m, () => common),
  );
  const assembly = path.join(folder, 'ggml-metal-embed.s');
  writeFileSync(
    assembly,
    [
      '.section __DATA, __ggml_metallib',
      '.globl _ggml_metallib_start',
      '_ggml_metallib_start:',
      `.incbin "${merged}"`,
      '.globl _ggml_metallib_end',
      '_ggml_metallib_end:',
      '',
    ].join('\n'),
  );
  return assembly;
}

/**
 * @param {{program: string, args: string[]}} command
 * @param {NodeJS.ProcessEnv} env
 * @param {string} doing
 */
async function mustRun(command, env, doing) {
  const { status, output } = await run(command.program, command.args, { env });
  if (status === 0) return;
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const killed = status === null ? ' (it was killed: is there enough memory?)' : '';
  throw new EngineBuildError(
    'ENGINE_COMPILE_FAILED',
    [
      `ENGINE_COMPILE_FAILED: ${doing} failed${killed}. The compiler said:`,
      ...lines.slice(0, 20),
      `The command was: ${command.program} ${command.args.join(' ')}`,
    ].join('\n'),
  );
}

/**
 * What BYOL names, with size and time, so that a library that was rebuilt is linked again.
 * @param {string} byol
 */
function describeLibraries(byol) {
  return byol.split(/\s+/).map((file) => {
    if (file.startsWith('-')) return file;
    if (!existsSync(file)) {
      throw new EngineBuildError(
        'ENGINE_BAD_OPTION',
        `BYOL names ${file}, which does not exist. It must be a libwhisper built from whisper.cpp ${WHISPER_CPP_COMMIT}.`,
      );
    }
    const { size, mtimeMs } = statSync(file);
    return { file, size, mtimeMs };
  });
}

/**
 * @param {string} folder
 * @returns {Record<string, unknown>|null}
 */
function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Puts `from` where `to` is. Renames only, so that an interruption leaves the old one or the new one.
 * @param {string} from
 * @param {string} to
 */
function replaceFolder(from, to) {
  const aside = `${from}-old`;
  try {
    if (existsSync(to)) renameSync(to, aside);
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to) && existsSync(aside)) renameSync(aside, to);
    throw new EngineBuildError(
      'ENGINE_IN_USE',
      `The engine was built but ${to} could not be replaced (${/** @type {Error} */ (error).message}). Close Surtitle and run \`npm run build:engine\` again.`,
    );
  }
  rmSync(aside, { recursive: true, force: true });
}

/**
 * @param {string} folder
 */
function removeStale(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('.engine-')) continue;
    const full = path.join(folder, name);
    if (Date.now() - statSync(full).mtimeMs > STALE_MS) rmSync(full, { recursive: true, force: true });
  }
}
