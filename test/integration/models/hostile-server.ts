import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request asked for. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
}

/** One request with everything needed to answer it well or badly. */
export interface Exchange {
  /** 0 for the server's first request. */
  readonly index: number;
  readonly seen: SeenRequest;
  readonly content: Buffer;
  readonly etag: string;
  /** First byte that an honest answer has, by `Range` and `If-Range`. */
  readonly from: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Answers as a good server does. */
  serve(): void;
  /** Answers with `headers` over the honest ones, sends `bytes` of the body and, unless told, ends there. */
  serveBytes(
    bytes: number,
    headers?: Record<string, string | undefined>,
    after?: 'end' | 'cut' | 'hang',
  ): void;
}

export type Behaviour = (exchange: Exchange) => void;

/**
 * A local stand-in for the hub, as well or as badly behaved as a test wants. It never listens on anything but
 * loopback.
 */
export class HostileServer {
  readonly requests: SeenRequest[] = [];
  /** Body bytes handed to the network, over all requests. */
  bytesSent = 0;
  behave: Behaviour;
  readonly #server: Server;
  readonly #contents: ReadonlyMap<string, Buffer>;

  private constructor(contents: ReadonlyMap<string, Buffer>, behave: Behaviour) {
    this.#contents = contents;
    this.behave = behave;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param contents files by path, such as `/ggml-tiny.bin`. */
  static async start(
    contents: ReadonlyMap<string, Buffer>,
    behave: Behaviour = (exchange) => exchange.serve(),
    port = 0,
  ): Promise<HostileServer> {
    const server = new HostileServer(contents, behave);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const { range, 'if-range': ifRange, authorization } = request.headers;
    const seen: SeenRequest = { path, range, ifRange: ifRange?.toString(), authorization };
    const index = this.requests.push(seen) - 1;
    response.on('error', () => undefined);
    const content = this.#contents.get(path.replace(/\?.*$/u, ''));
    if (!content) {
      response.writeHead(404).end('Not found');
      return;
    }
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    const asked = Number(/^bytes=(\d+)-$/u.exec(range ?? '')?.[1] ?? 0);
    const from = seen.ifRange === undefined || seen.ifRange === etag ? asked : 0;
    const serveBytes: Exchange['serveBytes'] = (bytes, headers = {}, after = 'end') => {
      const partial = from > 0;
      const all: Record<string, string | undefined> = {
        etag,
        'content-length': String(content.length - from),
        ...(partial ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
        ...headers,
      };
      const sent = Object.entries(all).filter(([, value]) => value !== undefined) as [string, string][];
      response.writeHead(partial ? 206 : 200, Object.fromEntries(sent));
      const body = content.subarray(from, from + bytes);
      this.bytesSent += body.length;
      // A write of nothing would never call back.
      const sendEnd = (): void => {
        if (after === 'end') response.end();
        if (after === 'cut') response.socket?.destroySoon();
      };
      response.flushHeaders();
      if (body.length === 0) sendEnd();
      else response.write(body, sendEnd);
    };
    const serve = (): void => {
      if (from >= content.length && from > 0) {
        response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      } else serveBytes(content.length - from);
    };
    this.behave({ index, seen, content, etag, from, request, response, serve, serveBytes });
  }
}
