import type * as Undici from 'undici';
import { bodyChunks } from './body-chunks.ts';
import { publicAddress } from './hub.ts';
import { ModelError } from './model-error.ts';

/** Redirects followed; browsers stop at 20, and a hub needs one or two. */
const MOST_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** An answer whose body has not been read. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the rest of the body, and the connection with it. */
  discard(): void;
}

/** Connections to download through; `close` ends them all. */
export interface HttpClient {
  /**
   * @param headers by lower-case name.
   * @throws {ModelError} `download_failed` for redirects that may not be followed; anything for a connection
   *   that failed.
   */
  get(address: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/**
 * Connects directly, or through the proxy that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name. Nothing here
 * times out but connecting: who downloads watches for silence.
 *
 * @throws {ModelError} `proxy_invalid`.
 */
export async function createHttpClient(): Promise<HttpClient> {
  // Loaded when it is needed: everything that looks up a model imports this room, and little of it downloads.
  const undici = await import('undici');
  const dispatcher = createDispatcher(undici);
  const getOnce: GetOnce = async (address, headers, signal) => {
    const answer = await undici.request(address, { method: 'GET', headers, signal, dispatcher });
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value[0] : value,
        ]),
      ),
      body: bodyChunks(answer.body),
      discard: () => {
        answer.body.destroy();
      },
    };
  };
  return {
    get: (address, headers, signal) => follow(getOnce, address, headers, signal),
    close: () => dispatcher.destroy(),
  };
}

type GetOnce = HttpClient['get'];

function createDispatcher({ EnvHttpProxyAgent }: typeof Undici): Undici.EnvHttpProxyAgent {
  try {
    // Proxies commonly refuse tunnels to plain HTTP servers.
    return new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0, proxyTunnel: false });
  } catch (cause) {
    throw new ModelError(
      'proxy_invalid',
      'The proxy in HTTP_PROXY or HTTPS_PROXY is no address. It must look like http://proxy.example.org:3128.',
      { cause },
    );
  }
}

async function follow(
  getOnce: GetOnce,
  start: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let address = start;
  for (let redirects = 0; ; redirects++) {
    // What the user gave for one server is not for the next.
    const authorization = address.origin === start.origin ? authorizationOf(start) : {};
    const answer = await getOnce(address, { ...headers, ...authorization }, signal);
    const location = answer.headers.location;
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
    answer.discard();
    if (redirects === MOST_REDIRECTS) throw refuse(start, 'leads from one address to the next without end');
    if (!URL.canParse(location, address.href)) throw refuse(start, 'leads to something that is no address');
    const next = new URL(location, address);
    if (next.protocol !== 'https:' && (next.protocol !== 'http:' || address.protocol === 'https:')) {
      throw refuse(start, `leads to ${publicAddress(next)}, which is not protected by HTTPS`);
    }
    address = next;
  }
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${unescaped(username)}:${unescaped(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A password may hold a `%` that nobody escaped. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refuse(start: URL, what: string): ModelError {
  return new ModelError(
    'download_failed',
    `${publicAddress(start)} ${what}. Try again later, or use another mirror.`,
  );
}
