import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError, SurtitleError } from '../core/foundation/errors.ts';

/** Where the local server keeps its token (see `openTokenStore`). */
export function localTokenFile(dataFolder: string): string {
  return path.join(dataFolder, 'token');
}

/**
 * Reads a token file; white space around the token does not count.
 * @throws {SurtitleError} `token_file_unreadable`; `token_missing` where it is empty.
 */
export async function readTokenFile(file: string): Promise<string> {
  let token: string;
  try {
    token = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new SurtitleError(
      'token_file_unreadable',
      `The token file ${file} cannot be read (${describeError(error)}). Check its name, or leave --token-file out.`,
      { cause: error },
    );
  }
  if (token === '') throw new SurtitleError('token_missing', `The token file ${file} is empty.`);
  return token;
}

/** What was said about the token on the command line or in the environment. */
export interface TokenChoice {
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
}

/**
 * The token for a server at `url`: from the file that was named, else the one given, else that of this
 * machine's own server. The last is never sent to another machine.
 *
 * @returns `undefined` where there is none; the server decides whether it needs one.
 * @throws {SurtitleError} `token_file_unreadable`, `token_missing` where a named file has none.
 */
export async function tokenForServer(
  url: string,
  choice: TokenChoice,
  dataFolder: string,
): Promise<string | undefined> {
  if (choice.tokenFile !== undefined) return readTokenFile(choice.tokenFile);
  if (choice.token) return choice.token;
  if (!isLoopback(new URL(url).hostname)) return undefined;
  try {
    return await readTokenFile(localTokenFile(dataFolder));
  } catch (error) {
    if (error instanceof SurtitleError) return undefined;
    throw error;
  }
}

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/u.test(host);
}
