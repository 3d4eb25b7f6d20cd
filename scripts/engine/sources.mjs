import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyPatch, parsePatch } from 'diff';
import { EngineBuildError } from './failure.mjs';

/** What of the package is needed to compile the addon: C, C++ and Objective-C at the top of each of these. */
const SOURCE_FOLDERS = [
  'src/binding',
  'whisper.cpp/include',
  'whisper.cpp/src',
  'whisper.cpp/ggml/include',
  'whisper.cpp/ggml/src',
];
const SOURCE_FILE = /\.(c|cc|cpp|h|hpp|m|metal)$/;

/**
 * The files of the package that a build reads, relative to it, sorted.
 * @param {string} packageFolder
 * @returns {string[]}
 */
export function listSources(packageFolder) {
  const files = ['LICENSE', 'whisper.cpp/LICENSE'];
  for (const folder of SOURCE_FOLDERS) {
    const full = path.join(packageFolder, folder);
    if (!existsSync(full)) {
      throw new EngineBuildError(
        'ENGINE_NO_SOURCES',
        `The sources of smart-whisper are missing (${full}). Run \`npm install\` and try again.`,
      );
    }
    for (const entry of readdirSync(full, { withFileTypes: true })) {
      if (entry.isFile() && SOURCE_FILE.test(entry.name)) files.push(`${folder}/${entry.name}`);
    }
  }
  return files.sort();
}

/**
 * A hash over names and contents.
 * @param {string} root
 * @param {string[]} files relative to `root`
 * @returns {string}
 */
export function hashFiles(root, files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} packageFolder
 * @param {string[]} files
 * @param {string} target
 */
export function copySources(packageFolder, files, target) {
  for (const file of files) {
    const to = path.join(target, file);
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(path.join(packageFolder, file), to);
  }
}

/**
 * The patches of a folder in the order of their names, each with the reason written at its top.
 * @param {string} folder
 * @returns {{file: string, reason: string, sha256: string, text: string}[]}
 */
export function readPatches(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n');
      const reason = text.slice(0, text.indexOf('\n')).trim();
      return { file, reason, sha256: createHash('sha256').update(text).digest('hex'), text };
    });
}

/**
 * Applies unified diffs to the copied sources, in order. No hunk may be moved by guessing at its context.
 * @param {string} root
 * @param {{file: string, text: string}[]} patches
 * @throws {EngineBuildError} naming the patch and the file whose hunk does not fit
 */
export function applyPatches(root, patches) {
  for (const patch of patches) {
    // Everything above the first diff is the reason, in prose.
    const start = patch.text.search(/^(diff --git |--- )/m);
    if (start < 0) throw new EngineBuildError('ENGINE_PATCH_FAILED', `${patch.file} holds no diff.`);
    for (const change of parsePatch(patch.text.slice(start))) {
      if (change.hunks.length === 0) continue;
      const name = targetName(change.newFileName) ?? targetName(change.oldFileName);
      if (!name) throw new EngineBuildError('ENGINE_PATCH_FAILED', `${patch.file} names no file.`);
      const target = path.join(root, name);
      const before = targetName(change.oldFileName) === null ? '' : readTarget(target, patch.file, name);
      const after = applyPatch(before, change, { fuzzFactor: 0 });
      if (after === false) {
        throw new EngineBuildError(
          'ENGINE_PATCH_FAILED',
          `${patch.file} does not apply to ${name}. Was smart-whisper updated? The patches in patches/smart-whisper belong to 0.8.1.`,
        );
      }
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, after);
    }
  }
}

/**
 * @param {string} target
 * @param {string} patch
 * @param {string} name
 */
function readTarget(target, patch, name) {
  if (!existsSync(target)) {
    throw new EngineBuildError(
      'ENGINE_PATCH_FAILED',
      `${patch} changes ${name}, which smart-whisper does not have.`,
    );
  }
  return readFileSync(target, 'utf8').replaceAll('\r\n', '\n');
}

/**
 * @param {string|undefined} name as in a diff's header
 * @returns {string|null} null for /dev/null
 */
function targetName(name) {
  if (!name || name === '/dev/null') return null;
  return name.replace(/^[ab]\//, '');
}
