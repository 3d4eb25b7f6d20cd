import { errnoOf } from '../files/errno.ts';
import { describeError } from '../foundation/errors.ts';
import { ModelError } from './model-error.ts';

/** Certificates that Node does not trust: waiting does not help. */
const CERTIFICATE_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|^ERR_TLS_/u;
const PROXY_REFUSAL = /Proxy (?:response \((\d+)\)|Authentication Required \((407)\))/u;

/** What stands between here and the server, for messages: no user, no password. */
function proxyFor(
  address: URL,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const http = environment.http_proxy ?? environment.HTTP_PROXY;
  const https = environment.https_proxy ?? environment.HTTPS_PROXY ?? http;
  const proxy = address.protocol === 'https:' ? https : http;
  return proxy && URL.canParse(proxy) ? new URL(proxy).host : null;
}

/** The error to end with where trying again cannot help; `null` where it may. */
export function lastingFailure(error: unknown, address: URL): ModelError | null {
  const cause = rootCause(error);
  const code = errnoOf(cause);
  if (CERTIFICATE_ERRORS.test(code)) {
    return new ModelError(
      'download_insecure',
      `The certificate of ${address.host} is not trusted (${code}). Where a company's proxy looks into connections, name its certificate in NODE_EXTRA_CA_CERTS; a wrong system clock does this too.`,
      { cause: error },
    );
  }
  const refusal = PROXY_REFUSAL.exec(describeError(cause));
  if (refusal) return refusedByProxy(Number(refusal[1] ?? refusal[2]), address, error);
  return null;
}

/** The error to end with where no server was reached at all. */
export function offline(error: unknown, address: URL): ModelError {
  const proxy = proxyFor(address);
  const through = proxy === null ? '' : ` (through the proxy ${proxy})`;
  const cause = rootCause(error);
  const reason = cause instanceof Error && 'code' in cause ? errnoOf(cause) : describeError(cause);
  return new ModelError(
    'download_offline',
    `${address.host} cannot be reached${through}: ${reason}. Check the connection; behind a proxy set HTTPS_PROXY, or name a mirror. Where there is no network, import a file from another machine.`,
    { cause: error },
  );
}

function refusedByProxy(status: number, address: URL, cause: unknown): ModelError | null {
  const proxy = proxyFor(address) ?? 'The proxy';
  if (status === 407) {
    return new ModelError(
      'download_forbidden',
      `${proxy} wants a user and a password (407). Set HTTPS_PROXY=http://USER:PASSWORD@${proxyFor(address) ?? 'HOST:PORT'}.`,
      { cause },
    );
  }
  if (status >= 500) return null;
  return new ModelError(
    'download_forbidden',
    `The proxy ${proxy} does not let connections to ${address.host} through (${status}). Use a mirror that it does, or import a file.`,
    { cause },
  );
}

/** Undici and the proxy wrap what happened; what happened is at the end. */
function rootCause(error: unknown): unknown {
  let cause = error;
  for (let depth = 0; depth < 5; depth++) {
    if (cause instanceof AggregateError && cause.errors.length > 0) cause = cause.errors[0];
    else if (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    else break;
  }
  return cause;
}
