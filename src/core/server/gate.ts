import type { Clock } from '../foundation/clock.ts';
import { TOKEN_SUBPROTOCOL_PREFIX } from '../protocol/version.ts';
import type { RejectionReason } from './observer.ts';
import { RateLimit } from './rate-limit.ts';
import type { TokenScope, TokenStore } from './token-store.ts';

/** The parts of a request that the gate looks at; an `http.IncomingMessage` is one. */
export interface GateRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly url?: string | undefined;
}

/** What a route asks of its caller: nothing, any token, or the full one. */
export type RequiredScope = 'none' | TokenScope;

/** The answer to a request that may not pass. */
export interface Rejection {
  readonly status: 400 | 401 | 403 | 404 | 421 | 429 | 503;
  readonly reason: RejectionReason;
  /** What happened and what to do next. */
  readonly message: string;
}

export interface GateOptions {
  readonly clock: Clock;
  readonly tokens: TokenStore;
  /** The port in a `Host` of ours; read at each request, since it is known only once we listen. */
  readonly port: () => number;
  /** The address listened on, as it stands in a `Host`; ours with our port, like those of loopback. */
  readonly ownHost?: string;
  /** Further hosts: `name` with any port, or `name:port`. */
  readonly allowHost: readonly string[];
  /** Further origins, such as `https://captions.example.org`. */
  readonly allowOrigin: readonly string[];
}

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
/** Wrong tokens answered at leisure; beyond it with 429, which costs nothing to compute. */
const FAILURES_PER_SECOND = 2;
const FAILURES_BURST = 20;
/** WebSocket upgrades of callers with a valid token. */
const UPGRADES_PER_SECOND = 50;
const UPGRADES_BURST = 200;

/**
 * Decides who may talk to the server, before anything of a request but its head is read: `Host`, then
 * `Origin`, then the token, then the rate. Loopback alone protects nothing: any page the user opens can
 * reach it, by a WebSocket, by a simple request, or under a name it has bound to 127.0.0.1.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #allowedOrigins: ReadonlySet<string>;
  readonly #failures: RateLimit;
  readonly #upgrades: RateLimit;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#allowedHosts = new Set(options.allowHost.map((host) => host.toLowerCase()));
    this.#allowedOrigins = new Set(options.allowOrigin.map((origin) => origin.toLowerCase()));
    this.#failures = new RateLimit(options.clock, FAILURES_PER_SECOND, FAILURES_BURST);
    this.#upgrades = new RateLimit(options.clock, UPGRADES_PER_SECOND, UPGRADES_BURST);
  }

  /** Whether the request may be looked at at all: its `Host` and its `Origin`. `null`: it may. */
  checkCaller(request: GateRequest): Rejection | null {
    const host = single(request.headers.host)?.toLowerCase();
    if (host === undefined || !this.#isOurHost(host)) {
      return {
        status: 421,
        reason: 'host',
        message: `This server does not answer for ${host ? `"${printable(host)}"` : 'a request without a Host'}. Start it with --allow-host to add a name.`,
      };
    }
    const origin = single(request.headers.origin)?.toLowerCase();
    if (origin !== undefined && !this.#isOurPage(origin, host) && !this.#allowedOrigins.has(origin)) {
      return {
        status: 403,
        reason: 'origin',
        message: `Pages of "${printable(origin)}" may not use this server. Start it with --allow-origin to let them.`,
      };
    }
    return null;
  }

  /** Whether the caller has the token that `required` asks for. `null`: it has. */
  checkToken(request: GateRequest, required: RequiredScope): Rejection | null {
    if (required === 'none') return null;
    const token = tokenOf(request);
    const scope = token === null ? null : this.#options.tokens.scopeOf(token);
    if (scope === 'full' || scope === required) return null;
    if (scope !== null) {
      return {
        status: 403,
        reason: 'scope',
        message: 'This token only allows to watch captions. Use the full token.',
      };
    }
    // Only those that fail are counted, so that nobody's failures slow a valid token.
    if (!this.#failures.allow()) {
      return { status: 429, reason: 'rate', message: 'Too many wrong tokens. Try again in a few seconds.' };
    }
    return {
      status: 401,
      reason: 'token',
      message:
        token === null
          ? 'A token is needed: send it as "Authorization: Bearer TOKEN". "surtitle serve" says where it is.'
          : 'The token is not valid. "surtitle serve" says where the present one is.',
    };
  }

  /** Whether one more upgrade may be made now. Asked last, of callers that may. `null`: it may. */
  checkUpgradeRate(): Rejection | null {
    if (this.#upgrades.allow()) return null;
    return { status: 429, reason: 'rate', message: 'Too many connections at once. Try again in a second.' };
  }

  /** The origin to name in CORS headers: one the user allowed, never our own and nobody else's. */
  corsOrigin(request: GateRequest): string | null {
    const origin = single(request.headers.origin);
    return origin !== undefined && this.#allowedOrigins.has(origin.toLowerCase()) ? origin : null;
  }

  #isOurHost(host: string): boolean {
    if (this.#allowedHosts.has(host)) return true;
    const { name, port } = splitHost(host);
    if (this.#allowedHosts.has(name)) return true;
    const ours = LOOPBACK_HOSTS.includes(name) || name === this.#options.ownHost;
    return ours && (port ?? 80) === this.#options.port();
  }

  /** @param host the request's own, which has been checked. */
  #isOurPage(origin: string, host: string): boolean {
    if (origin === `http://${host}` || origin === `https://${host}`) return true;
    const port = this.#options.port();
    return LOOPBACK_HOSTS.some((name) => origin === `http://${name}${port === 80 ? '' : `:${port}`}`);
  }
}

/** The token a request carries: in its header, as an offered subprotocol, or, as a last resort, in its URL. */
export function tokenOf(request: GateRequest): string | null {
  const authorization = /^(?:bearer|token)\s+(\S+)\s*$/iu.exec(single(request.headers.authorization) ?? '');
  if (authorization) return authorization[1] as string;
  for (const protocol of (single(request.headers['sec-websocket-protocol']) ?? '').split(',')) {
    const name = protocol.trim();
    if (name.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) return name.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
  }
  const query = request.url?.indexOf('?') ?? -1;
  return query < 0 ? null : new URLSearchParams(request.url?.slice(query)).get('token');
}

/** A request's path, fit for a log: without its query, which may hold a token, and without control characters. */
export function loggablePath(url: string | undefined): string {
  return printable((url ?? '').split('?')[0] as string);
}

function splitHost(host: string): { name: string; port: number | null } {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/u.exec(host);
  if (!match) return { name: '', port: null };
  return { name: match[1] as string, port: match[2] === undefined ? null : Number(match[2]) };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function printable(text: string): string {
  return text.slice(0, 200).replace(/[^\x20-\x7e]/gu, '?');
}
