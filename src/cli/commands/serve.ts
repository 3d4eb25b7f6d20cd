import type { AppServer } from '../../app/app-server.ts';
import { dataFolder } from '../../app/data-folder.ts';
import type { TokenOrigin } from '../../app/local-server.ts';
import { realModelHint, STARTER_MODEL, STARTER_NOTICE } from '../../app/model-resolution.ts';
import { startServedApp } from '../../app/served-app.ts';
import { isLoopback, localTokenFile, readTokenFile } from '../../app/token-file.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { createLogger } from '../logging.ts';
import type { ServeOptions } from '../options.ts';

/** A token that can be guessed is none. */
const SHORTEST_TOKEN = 16;

/** Serves until it is told to end. */
export async function serve(options: ServeOptions): Promise<number> {
  const logger = createLogger(options.logFormat, options.logLevel);
  const folder = dataFolder();
  const { origin, where } = await chooseToken(options, folder);
  if (!isLoopback(options.host)) warnOfRemote(options, logger);

  const interrupt = listenForInterrupt(() => process.exit(EXIT.interrupted));
  try {
    const app = await startServedApp({
      dataFolder: folder,
      model: options.model || process.env.WHISPER_MODEL_SIZE || undefined,
      host: options.host,
      port: options.port,
      allowRemote: options.allowRemote,
      allowHost: options.allowHost,
      allowOrigin: options.allowOrigin,
      threads: options.threads,
      gpu: options.gpu,
      maxSessions: options.maxSessions,
      maxUploadBytes: options.maxUpload * 1_000_000,
      maxUploadDurationMs: options.maxUploadMinutes * 60_000,
      tokens: origin,
      logger,
    });
    const { streamUrl } = app.server;
    const { model } = app.server.status;
    process.stdout.write(`Surtitle is ready to serve ${model} at ${streamUrl}\n${where}\n`);
    process.stdout.write(pageLinks(app.server, options));
    if (model === STARTER_MODEL) {
      process.stdout.write(`${STARTER_NOTICE}\n${realModelHint({ dataFolder: folder })}\n`);
    }
    await firing(interrupt.polite);
    logger.info('The server ends.');
    await app.close();
    return EXIT.ok;
  } finally {
    interrupt.release();
  }
}

/** Where the page is. Its links carry the tokens where only the user sees them: what goes into a file may be read by others. */
function pageLinks({ status, tokens }: AppServer, { host, printLink }: ServeOptions): string {
  const url = new URL(status.url ?? '');
  // Every address of the machine is none that a browser can open.
  if (host === '0.0.0.0' || host === '::') url.hostname = '127.0.0.1';
  if (!process.stdout.isTTY && !printLink) return `The page is at ${url.origin}/ and asks for the token\n`;
  return [
    `Open in a browser:        ${url.origin}/#token=${tokens.full}`,
    `Captions only (OBS, …):   ${url.origin}/captions#token=${tokens.viewer}`,
    '',
  ].join('\n');
}

/** Where the token comes from, and a sentence that tells the user where it is, never what it is. */
async function chooseToken(
  options: ServeOptions,
  folder: string,
): Promise<{ origin: TokenOrigin; where: string }> {
  if (options.tokenFile !== undefined) {
    const given = requireStrong(await readTokenFile(options.tokenFile));
    return { origin: { given }, where: `The token is in ${options.tokenFile}` };
  }
  if (options.token) {
    return {
      origin: { given: requireStrong(options.token) },
      where: 'The token is the one given with --token or SURTITLE_TOKEN',
    };
  }
  return { origin: { home: folder }, where: `The token is in ${localTokenFile(folder)}` };
}

function requireStrong(token: string): string {
  if (token.length >= SHORTEST_TOKEN) return token;
  throw new SurtitleError(
    'token_weak',
    `The token is shorter than ${SHORTEST_TOKEN} characters. Make one with: openssl rand -base64 32`,
  );
}

function warnOfRemote({ host, allowRemote }: ServeOptions, logger: Logger): void {
  if (!allowRemote) return; // The server refuses, and says so.
  logger.warn(
    `Other machines can reach this server at ${host}, and the token and all speech travel unencrypted. Put TLS in front (a reverse proxy).`,
  );
}

function firing(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
