import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EngineBuildError } from './failure.mjs';
import { noCompilerMessage } from './help.mjs';
import { capture, run } from './run.mjs';

/**
 * A compiler as it is called: a program and the arguments that always come first (`CC="ccache gcc"`).
 * @typedef {{program: string, args: string[], version: string}} Compiler
 * @typedef {{kind: 'gnu', c: Compiler, cxx: Compiler}} GnuToolchain
 */

/**
 * Finds GCC, Clang or what CC and CXX name.
 * @param {NodeJS.Platform} platform
 * @param {Record<string, string|undefined>} env
 * @returns {GnuToolchain}
 * @throws {EngineBuildError} `ENGINE_NO_COMPILER`
 */
export function findGnuToolchain(platform, env) {
  /** @type {string[]} */
  const tried = [];
  // Without the command line tools macOS answers `cc` with a dialog box; ask without waking it.
  if (platform === 'darwin' && !env.CC && capture('xcode-select', ['-p']) === null) {
    throw new EngineBuildError(
      'ENGINE_NO_COMPILER',
      noCompilerMessage(platform, ['xcode-select -p: no tools']),
    );
  }
  const c = findCompiler(env.CC, ['cc', 'gcc', 'clang'], tried);
  const cxx = findCompiler(env.CXX, ['c++', 'g++', 'clang++'], tried);
  if (!c || !cxx) throw new EngineBuildError('ENGINE_NO_COMPILER', noCompilerMessage(platform, tried));
  return { kind: 'gnu', c, cxx };
}

/**
 * @param {string|undefined} asked
 * @param {string[]} candidates
 * @param {string[]} tried
 * @returns {Compiler|null}
 */
function findCompiler(asked, candidates, tried) {
  for (const command of asked ? [asked] : candidates) {
    const [program = '', ...args] = command.trim().split(/\s+/);
    const output = capture(program, [...args, '--version']);
    if (output !== null) return { program, args, version: output.split('\n')[0]?.trim() ?? '' };
    tried.push(command);
  }
  return null;
}

/**
 * Compiles a line of C and one of C++ with the flags that will be used: a compiler without its headers, or
 * one that does not know this processor, is found out here and not in the middle of a build.
 * @param {GnuToolchain} toolchain
 * @param {string[]} archFlags
 * @param {NodeJS.Platform} platform
 * @returns {Promise<string[]>} the instruction-set flags that work: those given, or none
 */
export async function probeGnuToolchain(toolchain, archFlags, platform) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-probe-'));
  try {
    const source = path.join(folder, 'probe.cc');
    writeFileSync(
      source,
      '#include <vector>\n#include <thread>\nint f() { std::vector<int> v; return (int) v.size(); }\n',
    );
    const compile = (/** @type {string[]} */ flags) =>
      run(toolchain.cxx.program, [...toolchain.cxx.args, '-std=c++17', ...flags, '-fsyntax-only', source]);
    if (archFlags.length > 0 && (await compile(archFlags)).status === 0) return archFlags;
    const plain = await compile([]);
    if (plain.status === 0) return [];
    const firstLine =
      plain.output.split('\n').find((line) => /error/i.test(line)) ?? plain.output.slice(0, 200);
    throw new EngineBuildError(
      'ENGINE_NO_COMPILER',
      noCompilerMessage(platform, [
        `${toolchain.cxx.program} (${toolchain.cxx.version}): ${firstLine.trim()}`,
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The command that compiles one file.
 * @param {GnuToolchain} toolchain
 * @param {{source: string, object: string, defines: string[], includes: string[], archFlags: string[]}} job
 * @returns {{program: string, args: string[]}}
 */
export function gnuCompileCommand(toolchain, { source, object, defines, includes, archFlags }) {
  const isC = source.endsWith('.c') || source.endsWith('.m');
  const compiler = isC ? toolchain.c : toolchain.cxx;
  return {
    program: compiler.program,
    args: [
      ...compiler.args,
      isC ? '-std=gnu11' : '-std=gnu++17',
      '-O3',
      ...archFlags,
      '-fPIC',
      // Electron carries other copies of common libraries: our symbols must neither replace theirs nor be replaced.
      '-fvisibility=hidden',
      '-pthread',
      // Upstream's warnings are not ours to fix, and a user cannot act on them.
      '-w',
      ...defines.map((define) => `-D${define}`),
      ...includes.flatMap((folder) => ['-I', folder]),
      '-c',
      source,
      '-o',
      object,
    ],
  };
}

/**
 * The command that links the addon.
 * @param {GnuToolchain} toolchain
 * @param {{objects: string[], output: string, linkInputs: string[], platform: NodeJS.Platform}} job
 * @returns {{program: string, args: string[]}}
 */
export function gnuLinkCommand(toolchain, { objects, output, linkInputs, platform }) {
  const shared =
    platform === 'darwin'
      ? ['-bundle', '-undefined', 'dynamic_lookup']
      : ['-shared', '-Wl,-Bsymbolic', '-Wl,--strip-debug', '-pthread'];
  return {
    program: toolchain.cxx.program,
    args: [
      ...toolchain.cxx.args,
      ...shared,
      ...objects,
      ...linkInputs,
      ...(platform === 'darwin' ? [] : ['-lm']),
      '-o',
      output,
    ],
  };
}
