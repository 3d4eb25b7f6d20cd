import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './support/whisper.ts';

const COMPILER = `${process.execPath} ${path.join(ROOT, 'test/integration/engine/support/recording-compiler.mjs')}`;
const UPSTREAM = 'scripts/engine/upstream/node_modules';
let root: string;

/** Where the sources are installed: in the project of their own, or still among our dependencies. */
const SMART_WHISPER = ['scripts/engine/upstream/node_modules/smart-whisper', 'node_modules/smart-whisper']
  .map((folder) => path.join(ROOT, folder))
  .find((folder) => existsSync(folder));

/** A project of its own, with our scripts and patches and the installed packages. */
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'surtitle-build-'));
  for (const folder of ['scripts', 'patches']) {
    cpSync(path.join(ROOT, folder), path.join(root, folder), {
      recursive: true,
      filter: (file) => path.basename(file) !== 'node_modules',
    });
  }
  mkdirSync(path.join(root, 'node_modules'));
  for (const name of ['diff', 'node-addon-api', 'node-api-headers']) {
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(root, 'node_modules', name), 'dir');
  }
  mkdirSync(path.join(root, UPSTREAM), { recursive: true });
  if (SMART_WHISPER) symlinkSync(SMART_WHISPER, path.join(root, UPSTREAM, 'smart-whisper'), 'dir');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function build(env: NodeJS.ProcessEnv = {}): { status: number | null; stdout: string; stderr: string } {
  const { BYOL, SURTITLE_ENGINE_ARCH, SURTITLE_ENGINE_BACKEND, SURTITLE_SKIP_ENGINE_BUILD, ...inherited } =
    process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'scripts/build-engine.mjs')],
    {
      encoding: 'utf8',
      env: {
        ...inherited,
        CC: COMPILER,
        CXX: COMPILER,
        RECORDING_COMPILER_LOG: path.join(root, 'calls'),
        ...env,
      },
    },
  );
  return { status, stdout, stderr };
}

/** The arguments of each call of the compiler so far. */
function calls(): string[][] {
  const log = path.join(root, 'calls');
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
}

function manifest(): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(root, 'build/engine/manifest.json'), 'utf8')) as Record<
    string,
    unknown
  >;
}

// The recording compiler is driven like GCC; on Windows the build looks for Visual C++ instead.
describe.skipIf(process.platform === 'win32')('building the engine', () => {
  it('compiles every source once, links, and writes down what it did', () => {
    expect(build().status).toBe(0);
    const compiled = calls()
      .filter((args) => args.includes('-c'))
      .map((args) => path.basename(args[args.indexOf('-c') + 1] ?? ''));
    expect(compiled).toContain('whisper.cpp');
    expect(compiled).toContain('transcribe.cc');
    expect(new Set(compiled).size).toBe(compiled.length);
    expect(calls().filter((args) => !args.includes('-c'))).toHaveLength(1);
    expect(existsSync(path.join(root, 'build/engine/build/Release/smart-whisper.node'))).toBe(true);
    expect(manifest()).toMatchObject({
      smartWhisper: '0.8.1',
      whisperCpp: '2ef717b',
      compiler: 'recording compiler 1.0',
      arch: 'native',
      byol: null,
      patches: expect.arrayContaining([
        expect.objectContaining({ reason: expect.stringMatching(/^[A-Z].*\.$/) }),
      ]),
    });
  });

  it('looks for headers nowhere but in the sources and the installed packages', () => {
    build();
    for (const args of calls().filter((call) => call.includes('-c'))) {
      const folders = args.filter((_argument, i) => args[i - 1] === '-I');
      expect(folders.length).toBeGreaterThan(0);
      for (const folder of folders) {
        expect(path.relative(root, folder)).toMatch(
          /^(build\/\.engine-[^/]+\/whisper\.cpp\/|node_modules\/(node-addon-api|node-api-headers\/include)$)/,
        );
      }
      expect(args.filter((argument) => /^-(I|isystem|include).+/.test(argument))).toEqual([]);
    }
  });

  it('does nothing when nothing changed', () => {
    build();
    const before = calls().length;
    const again = build();
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('up to date') });
    expect(calls()).toHaveLength(before);
  });

  it.each([
    ['an option', (): NodeJS.ProcessEnv => ({ SURTITLE_ENGINE_ARCH: 'x86-64-v3' })],
    [
      'a patch',
      (): NodeJS.ProcessEnv => {
        const folder = path.join(root, 'patches/smart-whisper');
        appendFileSync(path.join(folder, readdirSync(folder).sort()[0] as string), '\n');
        return {};
      },
    ],
    [
      'the result',
      (): NodeJS.ProcessEnv => {
        rmSync(path.join(root, 'build/engine/build/Release/smart-whisper.node'));
        return {};
      },
    ],
  ])('builds again when %s changed', (_what, change) => {
    build();
    const before = calls().length;
    expect(build(change())).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
    expect(calls().length).toBe(2 * before);
  });

  it('keeps the engine that is there when a compile fails, and shows what the compiler said', () => {
    build();
    const before = manifest();
    const failed = build({ SURTITLE_ENGINE_ARCH: 'x86-64-v3', RECORDING_COMPILER_FAILS: 'ggml-alloc.c' });
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('ENGINE_COMPILE_FAILED');
    expect(failed.stderr).toContain('error: expected by the test');
    expect(manifest()).toEqual(before);
    expect(readdirSync(path.join(root, 'build'))).toEqual(['engine']);
  });

  it('fails loudly when a patch does not fit', () => {
    const patch = path.join(root, 'patches/smart-whisper/09-context-parameters.patch');
    writeFileSync(
      patch,
      readFileSync(patch, 'utf8').replace('whisper_context_params params;', 'something else;'),
    );
    const failed = build();
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('ENGINE_PATCH_FAILED');
    expect(failed.stderr).toContain('09-context-parameters.patch does not apply to src/binding/model.cc');
    expect(existsSync(path.join(root, 'build/engine'))).toBe(false);
  });

  it('links a library the user brought instead of compiling whisper.cpp', () => {
    const library = path.join(root, 'libwhisper.so');
    writeFileSync(library, '');
    expect(build({ BYOL: library }).status).toBe(0);
    const compiled = calls()
      .filter((args) => args.includes('-c'))
      .map((args) => path.basename(args[args.indexOf('-c') + 1] ?? ''));
    expect(compiled.filter((file) => !file.endsWith('.cc'))).toEqual([]);
    expect(calls().find((args) => !args.includes('-c'))).toContain(library);
    expect(manifest()).toMatchObject({ backend: 'byol', byol: library });
  });

  it('names a library that does not exist, and the commit it must be built from', () => {
    const failed = build({ BYOL: '/nowhere/libwhisper.so' });
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/ENGINE_BAD_OPTION: BYOL names \/nowhere\/libwhisper\.so.*2ef717b/s);
  });

  it('fetches the sources where they are not there, without running their install script', () => {
    rmSync(path.join(root, UPSTREAM), { recursive: true });
    const npm = path.join(root, 'npm-cli.js');
    writeFileSync(
      npm,
      `const fs = require('node:fs');
       fs.writeFileSync('../../../npm-arguments', process.argv.slice(2).join(' '));
       fs.mkdirSync('node_modules');
       fs.symlinkSync(${JSON.stringify(SMART_WHISPER)}, 'node_modules/smart-whisper', 'dir');`,
    );
    expect(build({ npm_execpath: npm }).status).toBe(0);
    expect(readFileSync(path.join(root, 'npm-arguments'), 'utf8')).toMatch(/^ci .*--ignore-scripts/);
  });

  it('says what npm said when the sources cannot be fetched', () => {
    rmSync(path.join(root, UPSTREAM), { recursive: true });
    const npm = path.join(root, 'npm-cli.js');
    writeFileSync(npm, "console.error('npm error code ENOTFOUND'); process.exit(1);");
    const failed = build({ npm_execpath: npm });
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/ENGINE_NO_SOURCES.*npm registry.*npm error code ENOTFOUND/s);
  });

  it('without a compiler says exactly what to install', () => {
    const failed = build({ CC: '', CXX: '', PATH: '/nowhere' });
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('ENGINE_NO_COMPILER');
    for (const command of [
      'sudo apt-get install build-essential',
      'sudo dnf install gcc gcc-c++',
      'sudo pacman -S --needed base-devel',
      'apk add build-base',
      'xcode-select --install',
      'winget install Microsoft.VisualStudio.2022.BuildTools',
    ]) {
      expect(failed.stderr).toContain(command);
    }
  });

  it('can be skipped, and says so', () => {
    const skipped = build({ SURTITLE_SKIP_ENGINE_BUILD: '1', PATH: '/nowhere' });
    expect(skipped).toMatchObject({ status: 0, stdout: expect.stringContaining('is not built') });
    expect(calls()).toEqual([]);
  });
});

const realCompiler = ['c++', 'g++', 'clang++'].find((name) => spawnSync(name, ['--version']).status === 0);
if (!realCompiler) console.warn('The test of the headers a compile reads is skipped: no C++ compiler here.');

describe.skipIf(!realCompiler || process.platform === 'win32')(
  'compiling the binding (needs a C++ compiler)',
  () => {
    it('reads the Node-API headers of the package, never those of an installed Node', () => {
      build();
      // The recorded command of the real build, asked for its dependencies instead of an object.
      const call = calls().find((args) =>
        args.some((argument) => argument.endsWith('binding.cc')),
      ) as string[];
      const source = path.join(root, 'build/engine/src/binding/binding.cc');
      const folders = call
        .filter((_argument, i) => call[i - 1] === '-I')
        .map((folder) => folder.replace(/^.*\/build\/\.engine-[^/]+/, path.join(root, 'build/engine')));
      const { stdout } = spawnSync(
        realCompiler as string,
        [
          '-std=gnu++17',
          '-M',
          '-DNAPI_CPP_EXCEPTIONS',
          ...folders.flatMap((folder) => ['-I', folder]),
          source,
        ],
        { encoding: 'utf8' },
      );
      const headers = stdout.split(/[\s\\]+/).filter((file) => /(node_api|napi|uv|v8)[\w-]*\.h$/.test(file));
      expect(headers.some((file) => file.endsWith('node-api-headers/include/node_api.h'))).toBe(true);
      expect(headers.filter((file) => !file.includes('/node_modules/'))).toEqual([]);
    });
  },
);
