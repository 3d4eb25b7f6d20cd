import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../files/errno.ts';
import { SurtitleError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/logger.ts';
import { createSecret, hashSecret, matchesSecret } from './secrets.ts';

/** What a token allows: everything, or watching captions only. */
export type TokenScope = 'full' | 'viewer';

/** The tokens of a server, by what they allow. */
export interface AccessTokens {
  readonly full: string;
  readonly viewer: string;
}

const FILE_NAMES: Readonly<Record<TokenScope, string>> = { full: 'token', viewer: 'viewer-token' };
/** What a file system without hard links answers. */
const LINKS_MISSING: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EINVAL', 'EISDIR']);
/** What to do about the failures that another permission does not end. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space and start again.',
  EDQUOT: 'The disk quota is used up: free some space and start again.',
  EEXIST: 'There is a file where a folder is needed: remove it, or set SURTITLE_HOME to a folder.',
  ENOTDIR: 'There is a file where a folder is needed: remove it, or set SURTITLE_HOME to a folder.',
};
const SCOPES = ['full', 'viewer'] as const;
/** What {@link createSecret} writes. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/u;

/** Checks tokens against their hashes. */
export class TokenStore {
  #tokens: AccessTokens;
  #hashes: Readonly<Record<TokenScope, Buffer>>;
  readonly #home: string | null;

  /** @param home where the token files are, `null` where they are not kept in files. */
  constructor(tokens: AccessTokens, home: string | null = null) {
    this.#tokens = tokens;
    this.#hashes = hashAll(tokens);
    this.#home = home;
  }

  /** The tokens, to be shown to the user who owns them; never to be logged. */
  get tokens(): AccessTokens {
    return this.#tokens;
  }

  /** What `candidate` allows; `null` where it is none of the tokens. */
  scopeOf(candidate: string): TokenScope | null {
    // Both are compared whichever fits, so that the time taken does not tell one from the other.
    const full = matchesSecret(candidate, this.#hashes.full);
    const viewer = matchesSecret(candidate, this.#hashes.viewer);
    if (full) return 'full';
    return viewer ? 'viewer' : null;
  }

  /**
   * Replaces a token by a new one; the old one is refused from then on. Connections stay.
   * @returns the new token.
   * @throws {SurtitleError} `token_file_unwritable`; the old token then stays.
   */
  async rotate(scope: TokenScope): Promise<string> {
    const token = createSecret();
    if (this.#home !== null) await replaceTokenFile(join(this.#home, FILE_NAMES[scope]), token);
    this.#tokens = { ...this.#tokens, [scope]: token };
    this.#hashes = hashAll(this.#tokens);
    return token;
  }
}

/**
 * Opens the token files in `home`, and makes those that are not there: 256 random bits each, readable only
 * by the user (0600; on Windows the profile's own protection is what there is).
 * @throws {SurtitleError} `token_file_unwritable`.
 */
export async function openTokenStore(home: string, logger: Logger): Promise<TokenStore> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(home, error);
  }
  const tokens = { full: '', viewer: '' };
  for (const scope of SCOPES) {
    tokens[scope] = await readOrCreateToken(join(home, FILE_NAMES[scope]), logger);
  }
  return new TokenStore(tokens, home);
}

async function readOrCreateToken(path: string, logger: Logger): Promise<string> {
  // Read first: a folder that holds its tokens need not be writable.
  const token = (await readToken(path)) ?? (await createTokenFile(path)) ?? (await readToken(path)) ?? '';
  if (!TOKEN_PATTERN.test(token)) {
    logger.warn('An access token file did not hold a token and was replaced.', { path });
    const replacement = createSecret();
    await replaceTokenFile(path, replacement);
    return replacement;
  }
  await closeToOthers(path, logger);
  return token;
}

/**
 * Makes a token file, all at once: another server that starts at the same moment finds the whole token or
 * nothing.
 * @returns `null` where the file is there already.
 */
async function createTokenFile(path: string): Promise<string | null> {
  const token = createSecret();
  const temporary = temporaryName(path);
  try {
    await writeTokenFile(temporary, token);
    await link(temporary, path);
    return token;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    if (!LINKS_MISSING.has(errnoOf(error))) throw unwritable(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
  return createWithoutLinks(path, token);
}

/** For file systems such as exFAT. Two first starts within a millisecond may not agree there. */
async function createWithoutLinks(path: string, token: string): Promise<string | null> {
  try {
    await writeTokenFile(path, token);
    return token;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    throw unwritable(path, error);
  }
}

/** @returns `null` where there is no such file. */
async function readToken(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new SurtitleError(
      'token_file_unreadable',
      `The access token in ${path} could not be read (${errnoOf(error)}). Make the file readable for this user, or delete it to get a new one.`,
      { cause: error },
    );
  }
}

async function closeToOthers(path: string, logger: Logger): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  logger.warn('An access token could be read by other users; its permissions were narrowed.', { path });
  try {
    await chmod(path, 0o600);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Writes next to the file and renames, so that a full disk or a crash leaves the old token in place. */
async function replaceTokenFile(path: string, token: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeTokenFile(temporary, token);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unwritable(path, error);
  }
}

/** Fails with `EEXIST` where the file is there. A file that could not be written whole is removed again. */
async function writeTokenFile(path: string, token: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${token}\n`);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function temporaryName(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

function hashAll(tokens: AccessTokens): Readonly<Record<TokenScope, Buffer>> {
  return { full: hashSecret(tokens.full), viewer: hashSecret(tokens.viewer) };
}

function unwritable(path: string, cause: unknown): SurtitleError {
  const errno = errnoOf(cause);
  const advice =
    ADVICE[errno] ?? 'Make the folder writable for this user, or set SURTITLE_HOME to one that is.';
  return new SurtitleError(
    'token_file_unwritable',
    `The access token could not be written to ${path} (${errno}). ${advice}`,
    { cause },
  );
}
