import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Clock } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/logger.ts';
import { type Gate, loggablePath, type Rejection, type RequiredScope } from './gate.ts';
import { endBeforeBody, isBodyComing } from './linger.ts';

/** One thing the server answers over HTTP. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Which token it takes. */
  readonly scope: RequiredScope;
  /** The shape of what it is answered with where the request may not pass. Default: `{"error":{"code","message"}}`. */
  readonly errorBody?: (status: number, code: string, message: string) => object;
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

/**
 * Serves the page and its files, which hold no secret and need no token.
 * @returns whether it answered; `false` leaves the request alone.
 */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface HttpOptions {
  readonly gate: Gate;
  readonly routes: readonly HttpRoute[];
  readonly pages?: PageHandler;
  readonly clock: Clock;
  readonly logger: Logger;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Makes the listener for a server's requests: the gate first, then the routes, then the page. */
export function createRequestListener(
  options: HttpOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.logger.error('A request failed.', {
        path: loggablePath(request.url),
        reason: describeError(error),
      });
      if (response.headersSent) response.destroy();
      else {
        const refusal = new Refusal(options.clock, request, response);
        refusal.send(500, 'internal_error', 'The server failed on this request. See its log.');
      }
    });
  };
}

async function answer(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { gate, routes, pages } = options;
  const path = (request.url ?? '/').split('?')[0];
  const known = routes.filter((route) => route.path === path);
  const refusal = new Refusal(options.clock, request, response, known[0]?.errorBody);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  const caller = gate.checkCaller(request);
  if (caller) {
    refusal.reject(caller);
    return;
  }
  const origin = gate.corsOrigin(request);
  if (origin !== null) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Vary', 'Origin');
    if (request.method === 'OPTIONS') {
      answerPreflight(request, response);
      return;
    }
  }
  if (known.length === 0) {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (reading && pages && (await pages(request, response))) return;
    const stranger = gate.checkToken(request, 'full');
    if (stranger) refusal.reject(stranger);
    else
      refusal.send(
        404,
        'not_found',
        'There is nothing at this path. See the documentation for those there are.',
      );
    return;
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = known.find((candidate) => candidate.method === method);
  const stranger = gate.checkToken(request, (route ?? known[0])?.scope ?? 'full');
  if (stranger) {
    refusal.reject(stranger);
    return;
  }
  if (!route) {
    const allowed = known.map((candidate) => candidate.method).join(', ');
    response.setHeader('Allow', allowed);
    refusal.send(405, 'method_not_allowed', `This path takes ${allowed} only.`);
    return;
  }
  await route.handle(request, response);
}

/** Lets pages of an allowed origin send what a simple request may not hold. Preflights carry no token. */
function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
  response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
  response.setHeader('Access-Control-Max-Age', '600');
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.writeHead(204).end();
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': JSON_TYPE });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Answers with errors: `{"error":{"code","message"}}`, or in the shape a route has for them. */
class Refusal {
  readonly #clock: Clock;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #errorBody: NonNullable<HttpRoute['errorBody']>;

  constructor(
    clock: Clock,
    request: IncomingMessage,
    response: ServerResponse,
    errorBody: HttpRoute['errorBody'] = (_status, code, message) => ({ error: { code, message } }),
  ) {
    this.#clock = clock;
    this.#request = request;
    this.#response = response;
    this.#errorBody = errorBody;
  }

  send(status: number, code: string, message: string): void {
    const response = this.#response;
    // Whatever body may follow is not looked at.
    response.shouldKeepAlive = false;
    response.statusCode = status;
    response.setHeader('Content-Type', JSON_TYPE);
    const body = `${JSON.stringify(this.#errorBody(status, code, message))}\n`;
    if (isBodyComing(this.#request)) endBeforeBody(this.#request, response, body, this.#clock);
    else response.end(body);
  }

  reject({ status, reason, message }: Rejection): void {
    if (status === 401) this.#response.setHeader('WWW-Authenticate', 'Bearer');
    if (status === 429) this.#response.setHeader('Retry-After', '1');
    this.send(status, reason, message);
  }
}

/** A rejection as the bytes of an HTTP answer, for a socket that asked for an upgrade. */
export function encodeRejection(rejection: Rejection): string {
  const body = JSON.stringify({ error: { code: rejection.reason, message: rejection.message } });
  const headers = [
    `HTTP/1.1 ${rejection.status} ${STATUS_CODES[rejection.status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(rejection.status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ...(rejection.status === 429 ? ['Retry-After: 1'] : []),
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
