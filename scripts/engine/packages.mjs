import { existsSync } from 'node:fs';
import path from 'node:path';
import { EngineBuildError } from './failure.mjs';
import { run } from './run.mjs';

/** A project of its own with a lockfile of its own, so that npm never runs its install script. */
const UPSTREAM = path.join('scripts', 'engine', 'upstream');

/**
 * Where an installed package is.
 * @param {string} name
 * @param {string} root
 * @throws {EngineBuildError} `ENGINE_NO_SOURCES`
 */
export function findPackage(name, root) {
  const found = lookUp(name, root);
  if (found) return found;
  throw new EngineBuildError('ENGINE_NO_SOURCES', `${name} is not installed. Run \`npm install\` first.`);
}

/**
 * The sources of smart-whisper, fetched from the npm registry where they are not there yet; the lockfile pins
 * their version and checksum. Their own install script is not run: it would compile them unpatched, with
 * node-gyp, Python and Node's downloaded headers.
 * @param {string} root
 * @param {Record<string, string|undefined>} env
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the folder
 * @throws {EngineBuildError} `ENGINE_NO_SOURCES`
 */
export async function provideUpstream(root, env, say) {
  const project = path.join(root, UPSTREAM);
  const folder = path.join(project, 'node_modules', 'smart-whisper');
  if (existsSync(path.join(folder, 'src', 'binding', 'binding.cc'))) return folder;
  const installed = lookUp('smart-whisper', root);
  if (installed) return installed;
  say('Fetching the sources of smart-whisper from the npm registry …');
  const { status, output } = await runNpm(
    [
      'ci',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-global',
      '--package-lock=true',
      '--dry-run=false',
    ],
    { cwd: project, env },
  );
  if (status === 0 && existsSync(folder)) return folder;
  throw new EngineBuildError(
    'ENGINE_NO_SOURCES',
    [
      'ENGINE_NO_SOURCES: the sources of smart-whisper could not be fetched. Check the connection to the npm registry, then run `npm run build:engine`. npm said:',
      ...output
        .split('\n')
        .filter((line) => /error/i.test(line))
        .slice(0, 8),
    ].join('\n'),
  );
}

/**
 * @param {string} name
 * @param {string} root
 * @returns {string|null}
 */
function lookUp(name, root) {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (folder === path.dirname(folder)) return null;
  }
}

/**
 * The npm that is running us, or the one on the path.
 * @param {string[]} args
 * @param {{cwd: string, env: Record<string, string|undefined>}} options
 */
function runNpm(args, options) {
  const running = options.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running)) return run(process.execPath, [running, ...args], options);
  // On Windows npm is a batch file, which only a shell can start; the arguments are our own constants.
  if (process.platform === 'win32') return run('npm', args, { ...options, shell: true });
  return run('npm', args, options);
}
