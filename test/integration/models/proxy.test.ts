import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HostileServer } from './hostile-server.ts';
import { ModelBench, WHOLE } from './model-bench.ts';

/** A small proxy: forwards plain requests, opens tunnels, and notes both. */
class LocalProxy {
  readonly seen: string[] = [];
  /** `Proxy-Authorization` that is wanted. */
  password: string | null = null;
  /** Answer to `CONNECT` and to requests instead of doing them. */
  refuseWith: number | null = null;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, response) => {
      this.seen.push(`${incoming.method} ${incoming.url}`);
      const refusal = this.#refusal(incoming);
      if (refusal !== null) {
        response.writeHead(refusal).end();
        return;
      }
      const { 'proxy-authorization': _, ...headers } = incoming.headers;
      request(incoming.url ?? '', { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }).end();
    });
    this.#server.on('connect', (incoming: IncomingMessage, socket: net.Socket) => {
      this.seen.push(`CONNECT ${incoming.url}`);
      const refusal = this.#refusal(incoming);
      if (refusal !== null) {
        socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
        return;
      }
      const [host, port] = (incoming.url ?? '').split(':');
      const target = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(socket);
        socket.pipe(target);
      });
      for (const end of [socket, target]) end.on('error', () => undefined);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #refusal(incoming: IncomingMessage): number | null {
    if (this.password !== null && incoming.headers['proxy-authorization'] !== this.password) return 407;
    return this.refuseWith;
  }
}

let bench: ModelBench;
let server: HostileServer;
let proxy: LocalProxy;
let proxyAddress: string;

beforeEach(async () => {
  bench = new ModelBench();
  server = await HostileServer.start(bench.contents);
  proxy = new LocalProxy();
  proxyAddress = await proxy.start();
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY']) {
    vi.stubEnv(name, undefined);
  }
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([server.stop(), proxy.stop()]);
  bench.remove();
});

describe('a download', () => {
  test('goes through the proxy of HTTP_PROXY', async () => {
    vi.stubEnv('HTTP_PROXY', `http://${proxyAddress}`);
    await bench.pull(server.url);
    expect(proxy.seen).toEqual([`GET ${server.url}/ggml-tiny.bin`]);
    expect(bench.files).toEqual(WHOLE);
  });

  test('goes on through the proxy after a break', async () => {
    vi.stubEnv('HTTP_PROXY', `http://${proxyAddress}`);
    server.behave = (exchange) =>
      exchange.index === 0 ? exchange.response.writeHead(503).end() : exchange.serve();
    await bench.pull(server.url);
    expect(proxy.seen).toHaveLength(2);
    expect(bench.files).toEqual(WHOLE);
  });

  test('goes past the proxy to what NO_PROXY names', async () => {
    vi.stubEnv('HTTP_PROXY', `http://${proxyAddress}`);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    await bench.pull(server.url);
    expect(proxy.seen).toEqual([]);
  });

  test('shows the proxy the user and password of its address, and nobody else', async () => {
    vi.stubEnv('HTTP_PROXY', `http://ann:secret@${proxyAddress}`);
    proxy.password = `Basic ${btoa('ann:secret')}`;
    await bench.pull(server.url);
    expect(server.requests[0]?.authorization).toBeUndefined();
    expect(bench.files).toEqual(WHOLE);
  });

  test('asks HTTPS_PROXY for a tunnel to an HTTPS server', async () => {
    vi.stubEnv('HTTPS_PROXY', `http://${proxyAddress}`);
    proxy.refuseWith = 403;
    await expect(bench.pull('https://models.example.org/whisper')).rejects.toMatchObject({
      code: 'download_forbidden',
      message: expect.stringMatching(
        /proxy 127\.0\.0\.1:\d+ does not let connections to models\.example\.org/u,
      ),
    });
    expect(proxy.seen).toEqual(['CONNECT models.example.org:443']);
  });
});

describe('a proxy', () => {
  test.each(['http', 'https'])('that wants a password for %s is told as that', async (scheme) => {
    vi.stubEnv(`${scheme.toUpperCase()}_PROXY`, `http://${proxyAddress}`);
    proxy.password = 'something';
    await expect(bench.pull(`${scheme}://127.0.0.1:1`)).rejects.toMatchObject({
      code: 'download_forbidden',
      message: expect.stringMatching(/user and a password.*HTTPS_PROXY/u),
    });
  });

  test('that does not answer is named, without its password', async () => {
    await proxy.stop();
    vi.stubEnv('HTTP_PROXY', `http://ann:secret@${proxyAddress}`);
    const failure = await bench.pull(server.url).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'download_offline',
      message: expect.stringContaining(`(through the proxy ${proxyAddress})`),
    });
    expect(JSON.stringify([String(failure), bench.events])).not.toContain('secret');
    await proxy.start();
  });

  test('whose address is none is told as that', async () => {
    vi.stubEnv('HTTP_PROXY', 'not an address');
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'proxy_invalid' });
  });
});
