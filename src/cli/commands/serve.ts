import path from 'node:path';
import { dataFolder } from '../../app/data-folder.ts';
import { startLocalServer, type TokenOrigin } from '../../app/local-server.ts';
import { realModelHint, requestedModel, resolveModel, STARTER_NOTICE } from '../../app/model-resolution.ts';
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
  const model = resolveModel(requestedModel(options.model, process.env), { dataFolder: folder });
  const { origin, where } = await chooseToken(options, folder);
  if (!isLoopback(options.host)) warnOfRemote(options, logger);

  const interrupt = listenForInterrupt(() => process.exit(EXIT.interrupted));
  try {
    const server = await startLocalServer({
      model,
      host: options.host,
      port: options.port,
      allowRemote: options.allowRemote,
      allowHost: options.allowHost,
      allowOrigin: options.allowOrigin,
      threads: options.threads,
      gpu: options.gpu,
      maxSessions: options.maxSessions,
      uploads: {
        folder: path.join(folder, 'uploads'),
        maxFileBytes: options.maxUpload * 1_000_000,
        maxDurationMs: options.maxUploadMinutes * 60_000,
      },
      tokens: origin,
      logger,
    });
    process.stdout.write(`Surtitle is ready to serve ${model.name} at ${server.url}\n${where}\n`);
    if (model.starter) process.stdout.write(`${STARTER_NOTICE}\n${realModelHint({ dataFolder: folder })}\n`);
    await firing(interrupt.polite);
    logger.info('The server ends.');
    await server.close();
    return EXIT.ok;
  } finally {
    interrupt.release();
  }
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
