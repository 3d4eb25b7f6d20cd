import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EngineBuildError } from './failure.mjs';
import { noCompilerMessage } from './help.mjs';
import { capture } from './run.mjs';

// Untested: nobody has run this on Windows yet. It is written from the documentation of vswhere, cl and lib.

/**
 * @typedef {{kind: 'msvc', env: NodeJS.ProcessEnv, version: string, machine: string}} MsvcToolchain
 */

/**
 * Finds Visual C++ through vswhere and takes over the environment its own batch file sets up.
 * @param {string} cpuArch
 * @param {Record<string, string|undefined>} env
 * @returns {MsvcToolchain}
 * @throws {EngineBuildError} `ENGINE_NO_COMPILER`
 */
export function findMsvcToolchain(cpuArch, env) {
  const machine = cpuArch === 'arm64' ? 'arm64' : 'x64';
  const programFiles = env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)';
  const vswhere = path.join(programFiles, 'Microsoft Visual Studio', 'Installer', 'vswhere.exe');
  const fail = (/** @type {string} */ tried) =>
    new EngineBuildError('ENGINE_NO_COMPILER', noCompilerMessage('win32', [tried]));
  if (!existsSync(vswhere)) throw fail(`${vswhere}: not there`);
  const component = machine === 'arm64' ? 'VC.Tools.ARM64' : 'VC.Tools.x86.x64';
  const found = capture(vswhere, [
    '-latest',
    '-products',
    '*',
    '-requires',
    `Microsoft.VisualStudio.Component.${component}`,
    '-property',
    'installationPath',
  ])?.trim();
  if (!found) throw fail('vswhere: no Visual Studio with the C++ tools');
  const batch = path.join(found, 'VC', 'Auxiliary', 'Build', 'vcvarsall.bat');
  const target = process.arch === machine ? machine : `${process.arch}_${machine}`;
  const output = capture('cmd.exe', ['/d', '/s', '/c', `"${batch}" ${target} >nul && set`], undefined);
  if (!output) throw fail(`${batch}: failed`);
  /** @type {NodeJS.ProcessEnv} */
  const set = {};
  for (const line of output.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0) set[line.slice(0, at)] = line.slice(at + 1);
  }
  return { kind: 'msvc', env: set, version: `MSVC ${set.VCToolsVersion ?? 'unknown'}`, machine };
}

/**
 * @param {{source: string, object: string, defines: string[], includes: string[], archFlags: string[]}} job
 * @returns {{program: string, args: string[]}}
 */
export function msvcCompileCommand({ source, object, defines, includes, archFlags }) {
  const isC = source.endsWith('.c');
  return {
    program: 'cl.exe',
    args: [
      '/nologo',
      '/c',
      isC ? '/std:c11' : '/std:c++17',
      '/O2',
      '/MD',
      '/w',
      '/utf-8',
      ...(isC ? [] : ['/EHsc', '/Zc:__cplusplus']),
      ...archFlags,
      ...defines.map((define) => `/D${define}`),
      ...includes.flatMap((folder) => ['/I', folder]),
      source,
      `/Fo${object}`,
    ],
  };
}

/**
 * The import library of the host's Node-API, made from the definition files of node-api-headers, so that
 * nothing is downloaded. It names node.exe; the delay-load hook redirects that to whatever process hosts us.
 * @param {string} folder
 * @param {readonly string[]} definitions
 * @param {string} machine
 * @param {(file: string) => string} read
 * @returns {{command: {program: string, args: string[]}, library: string}}
 */
export function msvcImportLibrary(folder, definitions, machine, read) {
  const symbols = definitions.flatMap((file) =>
    read(file)
      .split(/\r?\n/)
      .filter((line) => /^\s*(napi|node_api)_/.test(line)),
  );
  const definition = path.join(folder, 'node_api.def');
  writeFileSync(
    definition,
    `NAME NODE.EXE\r\nEXPORTS\r\n${symbols.map((name) => name.trim()).join('\r\n')}\r\n`,
  );
  const library = path.join(folder, 'node_api.lib');
  return {
    command: {
      program: 'lib.exe',
      args: ['/nologo', `/DEF:${definition}`, `/OUT:${library}`, `/MACHINE:${machine.toUpperCase()}`],
    },
    library,
  };
}

/**
 * In Electron the host is not called node.exe: the first call through the import library asks here and gets
 * the running program instead. Same approach as node-gyp's win_delay_load_hook.cc.
 */
export const DELAY_LOAD_HOOK = `#include <windows.h>
#include <delayimp.h>
#include <string.h>
static FARPROC WINAPI load_exe_hook(unsigned int event, DelayLoadInfo* info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return NULL;
  HMODULE host = GetModuleHandleA("libnode.dll");
  return (FARPROC) (host != NULL ? host : GetModuleHandleA(NULL));
}
decltype(__pfnDliNotifyHook2) __pfnDliNotifyHook2 = load_exe_hook;
`;

/**
 * @param {{objects: string[], output: string, linkInputs: string[], library: string}} job
 * @returns {{program: string, args: string[]}}
 */
export function msvcLinkCommand({ objects, output, linkInputs, library }) {
  return {
    program: 'link.exe',
    args: [
      '/nologo',
      '/DLL',
      '/OPT:REF',
      '/OPT:ICF',
      `/OUT:${output}`,
      ...objects,
      ...linkInputs,
      library,
      'delayimp.lib',
      'advapi32.lib',
      '/DELAYLOAD:node.exe',
      '/IGNORE:4199',
    ],
  };
}
