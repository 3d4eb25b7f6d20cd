import { statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Behaviour, HostileServer } from './hostile-server.ts';
import { contentOf, IMPATIENT, ModelBench, STOPPED, WHOLE } from './model-bench.ts';

let bench: ModelBench;
let server: HostileServer;

beforeEach(async () => {
  bench = new ModelBench();
  server = await HostileServer.start(bench.contents);
});

afterEach(async () => {
  await server.stop();
  bench.remove();
});

/** Each behaviour for one request, the last for all that follow. */
function inTurn(...behaviours: Behaviour[]): Behaviour {
  return (exchange) => behaviours[Math.min(exchange.index, behaviours.length - 1)]?.(exchange);
}

const good: Behaviour = (exchange) => exchange.serve();
const cutAt =
  (bytes: number): Behaviour =>
  (exchange) =>
    exchange.serveBytes(bytes, {}, 'cut');

function expectInstalled(): void {
  expect(bench.installed.equals(bench.content)).toBe(true);
  expect(bench.files).toEqual(WHOLE);
}

describe('a pull from a good server', () => {
  test('installs the model, noted as verified, and leaves nothing else', async () => {
    const pulled = await bench.pull(server.url);
    expect(pulled).toEqual({
      name: 'tiny',
      path: path.join(bench.folder, 'ggml-tiny.bin'),
      bytes: bench.content.length,
      alreadyThere: false,
    });
    expectInstalled();
    expect(await bench.store().list()).toMatchObject([{ name: 'tiny', state: 'verified' }]);
    if (process.platform !== 'win32') {
      expect(statSync(path.join(bench.folder, 'ggml-tiny.bin')).mode & 0o777).toBe(0o644);
    }
  });

  test('reports every byte once, up to the last', async () => {
    await bench.pull(server.url);
    const bytes = bench.events.flatMap((event) => (event.type === 'downloading' ? [event.bytes] : []));
    expect(bytes).toEqual([...new Set(bytes)].sort((a, b) => a - b));
    expect(bytes.at(-1)).toBe(bench.content.length);
  });

  test('asks for nothing where the model is there already', async () => {
    await bench.pull(server.url);
    server.requests.length = 0;
    expect(await bench.pull(server.url)).toMatchObject({ alreadyThere: true });
    expect(server.requests).toEqual([]);
  });

  test('goes on where a stopped one ended, with the tag of the content', async () => {
    const stop = new AbortController();
    server.behave = (exchange) => exchange.serveBytes(120_000, {}, 'hang');
    const store = bench.store();
    const pulling = store.pull('tiny', {
      mirror: server.url,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'downloading' && event.bytes === 120_000) stop.abort();
      },
    });
    await expect(pulling).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(/120 kB of 300 kB are kept\..*surtitle models pull tiny/u),
    });
    expect(bench.files).toEqual(STOPPED);
    expect(await store.list()).toMatchObject([{ name: 'tiny', state: 'partial', bytes: 120_000 }]);

    server.behave = good;
    await bench.pull(server.url);
    expectInstalled();
    expect(server.requests[1]).toMatchObject({
      range: 'bytes=120000-',
      ifRange: expect.stringMatching(/^"[0-9a-f]{32}"$/u),
    });
    expect(server.bytesSent).toBe(bench.content.length);
  });

  test('goes on from another server, whose tags say nothing', async () => {
    server.behave = inTurn(cutAt(100_000), ({ response }) => response.writeHead(404).end());
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'download_not_found' });
    const other = await HostileServer.start(bench.contents);
    await bench.pull(other.url);
    expect(other.requests).toMatchObject([{ range: 'bytes=100000-', ifRange: undefined }]);
    await other.stop();
    expectInstalled();
  });
});

describe('a connection that is cut', () => {
  test('again and again, at any byte, costs no byte twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 8 }), async (cuts) => {
        const own = new ModelBench();
        const cutting = await HostileServer.start(own.contents, inTurn(...cuts.map(cutAt), good));
        try {
          await own.pull(cutting.url);
          expect(own.installed.equals(own.content)).toBe(true);
          expect(own.files).toEqual(WHOLE);
          expect(cutting.bytesSent).toBe(own.content.length);
        } finally {
          await cutting.stop();
          own.remove();
        }
      }),
      { numRuns: 25 },
    );
  });

  test('without a byte gives up after some tries, and keeps what had come', async () => {
    server.behave = inTurn(cutAt(50_000), cutAt(0));
    await expect(
      bench.pull(server.url, bench.store({ ...IMPATIENT, fruitlessTries: 4 })),
    ).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/What has come is kept/u),
    });
    expect(server.requests).toHaveLength(5);
    expect(bench.part.equals(bench.content.subarray(0, 50_000))).toBe(true);
  });

  test('counts progress anew only beyond what there has ever been', async () => {
    // Ignores ranges and breaks early: without a bound this would go on for ever.
    server.behave = ({ content, response }) => {
      response.writeHead(200, { 'content-length': String(content.length) });
      response.write(content.subarray(0, 10_000), () => response.socket?.destroySoon());
    };
    await expect(
      bench.pull(server.url, bench.store({ ...IMPATIENT, fruitlessTries: 3 })),
    ).rejects.toMatchObject({
      code: 'download_failed',
    });
    expect(server.requests).toHaveLength(4);
  });
});

describe('a server without ranges', () => {
  test('has the download start over, and is told of as that', async () => {
    server.behave = inTurn(cutAt(70_000), ({ content, etag, response }) => {
      response.writeHead(200, { etag, 'content-length': String(content.length) }).end(content);
    });
    await bench.pull(server.url);
    expectInstalled();
    expect(bench.events).toContainEqual({ type: 'restarting', reason: expect.stringContaining('continue') });
  });

  test('but with a 206 of another place is asked for the whole file', async () => {
    server.behave = inTurn(
      cutAt(70_000),
      ({ content, etag, response }) =>
        response
          .writeHead(206, { etag, 'content-range': `bytes 0-${content.length - 1}/${content.length}` })
          .end(content),
      good,
    );
    await bench.pull(server.url);
    expectInstalled();
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=70000-', undefined]);
  });

  test('and a 416 for what it could give is asked for the whole file', async () => {
    server.behave = inTurn(cutAt(70_000), ({ response }) => response.writeHead(416).end(), good);
    await bench.pull(server.url);
    expectInstalled();
  });

  test('and without tags is believed as far as the checksum goes', async () => {
    server.behave = inTurn(
      (exchange) => exchange.serveBytes(70_000, { etag: undefined }, 'cut'),
      (exchange) => exchange.serveBytes(300_000, { etag: undefined }),
    );
    await bench.pull(server.url);
    expectInstalled();
    expect(server.requests[1]).toMatchObject({ range: 'bytes=70000-', ifRange: undefined });
  });
});

describe('a file that changes under a download', () => {
  test('is downloaded anew, where the server heeds If-Range', async () => {
    const other = contentOf(bench.content.length, 7);
    server.behave = inTurn(({ response }) => {
      response.writeHead(200, { etag: '"old"', 'content-length': String(other.length) });
      response.write(other.subarray(0, 70_000), () => response.socket?.destroySoon());
    }, good);
    await bench.pull(server.url);
    expectInstalled();
    expect(server.requests[1]?.ifRange).toBe('"old"');
  });

  test('is downloaded anew, where the server passes over If-Range', async () => {
    const other = contentOf(bench.content.length, 7);
    server.behave = inTurn(
      ({ response }) => {
        response.writeHead(200, { etag: '"old"', 'content-length': String(other.length) });
        response.write(other.subarray(0, 70_000), () => response.socket?.destroySoon());
      },
      ({ content, etag, seen, response }) => {
        const from = Number(/\d+/u.exec(seen.range ?? '')?.[0] ?? 0);
        const range =
          from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
        response.writeHead(from > 0 ? 206 : 200, { etag, ...range }).end(content.subarray(from));
      },
    );
    await bench.pull(server.url);
    expectInstalled();
  });

  test('is found out by the checksum where nothing else tells, and downloaded once more in one piece', async () => {
    const other = contentOf(bench.content.length, 7);
    server.behave = inTurn(
      ({ response }) => {
        response.writeHead(200, { 'content-length': String(other.length) });
        response.write(other.subarray(0, 70_000), () => response.socket?.destroySoon());
      },
      (exchange) => exchange.serveBytes(300_000, { etag: undefined }),
    );
    await bench.pull(server.url);
    expectInstalled();
    expect(bench.events).toContainEqual({ type: 'restarting', reason: 'the pieces do not fit together' });
  });
});

describe('wrong bytes', () => {
  test('of the right length are thrown away, so that the next pull starts fresh', async () => {
    const wrong = contentOf(bench.content.length, 3);
    server.behave = ({ response }) => {
      response.writeHead(200, { 'content-length': String(wrong.length) }).end(wrong);
    };
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'checksum_mismatch' });
    expect(bench.files).toEqual([]);
    expect(server.requests).toHaveLength(1);

    server.behave = good;
    await bench.pull(server.url);
    expectInstalled();
  });

  test('of another length are refused before they are transferred', async () => {
    server.behave = ({ response }) => {
      response.writeHead(200, { 'content-length': '1234567' }).end();
    };
    await expect(bench.pull(server.url)).rejects.toMatchObject({
      code: 'size_mismatch',
      message: expect.stringMatching(/1234567 bytes.*300000/u),
    });
    expect(bench.files).toEqual([]);
  });

  test('in a range of a file of another length leave what is there alone', async () => {
    server.behave = inTurn(cutAt(70_000), ({ response }) => {
      response.writeHead(206, { 'content-range': 'bytes 70000-399999/400000' }).end();
    });
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'size_mismatch' });
    expect(bench.part).toHaveLength(70_000);
  });

  test('in a file that turns out to be shorter are refused', async () => {
    server.behave = inTurn(
      ({ content, response }) => response.writeHead(200).end(content.subarray(0, 70_000)),
      ({ response }) => response.writeHead(416, { 'content-range': 'bytes */70000' }).end(),
    );
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'size_mismatch' });
  });

  test('behind the end of the right ones do no harm', async () => {
    server.behave = ({ content, response }) => {
      response.writeHead(200).end(Buffer.concat([content, Buffer.alloc(5000)]));
    };
    await bench.pull(server.url);
    expectInstalled();
  });

  test('of a web page are told as that', async () => {
    server.behave = ({ response }) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Log in</html>');
    await expect(bench.pull(server.url)).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/web page.*log in/u),
    });
  });

  test('that are compressed without having been asked for are refused', async () => {
    server.behave = (exchange) => exchange.serveBytes(10, { 'content-encoding': 'gzip' });
    await expect(bench.pull(server.url)).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining('compressed'),
    });
  });
});

describe('an answer that says no', () => {
  test.each([
    [401, 'download_forbidden'],
    [403, 'download_forbidden'],
    [404, 'download_not_found'],
    [410, 'download_not_found'],
    [400, 'download_failed'],
  ])('with %i is told at once, not tried again', async (status, code) => {
    server.behave = ({ response }) => response.writeHead(status).end('no');
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
    expect(bench.files).toEqual([]);
  });

  test.each([500, 502, 503, 429, 408])('with %i is asked again', async (status) => {
    server.behave = inTurn(({ response }) => response.writeHead(status).end(), good);
    await bench.pull(server.url);
    expectInstalled();
  });

  test('for good, with 500, is given up in the end', async () => {
    server.behave = ({ response }) => response.writeHead(500).end();
    await expect(bench.pull(server.url)).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining('the server answered 500'),
    });
    expect(server.requests).toHaveLength(8);
  });

  test('for an hour is not waited for', async () => {
    server.behave = ({ response }) => response.writeHead(429, { 'retry-after': '3600' }).end();
    await expect(bench.pull(server.url)).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining('come back in 60 minutes'),
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('redirects', () => {
  test('are followed, as a hub sends to the network that delivers', async () => {
    const delivery = await HostileServer.start(bench.contents, inTurn(cutAt(50_000), good));
    server.behave = ({ response, seen }) => {
      const location = `${delivery.url}${seen.path}?signature=${server.requests.length}`;
      response.writeHead(302, { location, etag: '"of the hub"' }).end();
    };
    await bench.pull(server.url);
    expectInstalled();
    expect(delivery.requests).toMatchObject([
      { range: undefined },
      { range: 'bytes=50000-', ifRange: expect.stringMatching(/^"[0-9a-f]{32}"$/u) },
    ]);
    await delivery.stop();
  });

  test('take a mirror’s user and password nowhere else', async () => {
    const delivery = await HostileServer.start(bench.contents);
    server.behave = ({ response, seen }) =>
      response.writeHead(307, { location: `${delivery.url}${seen.path}` }).end();
    await bench.pull(server.url.replace('://', '://ann:se%20cret@'));
    expect(server.requests[0]?.authorization).toBe(`Basic ${btoa('ann:se cret')}`);
    expect(delivery.requests[0]?.authorization).toBeUndefined();
    await delivery.stop();
  });

  test('without end are given up', async () => {
    server.behave = ({ response, seen }) => response.writeHead(301, { location: seen.path }).end();
    await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'download_failed' });
    expect(server.requests).toHaveLength(11);
  });

  test.each(['ftp://127.0.0.1/x', 'file:///etc/passwd', 'http://['])(
    'to %s are refused',
    async (location) => {
      server.behave = ({ response }) => response.writeHead(302, { location }).end();
      await expect(bench.pull(server.url)).rejects.toMatchObject({ code: 'download_failed' });
    },
  );
});

describe('no server at all', () => {
  test('is told soon, with what to do', async () => {
    const { url } = server;
    await server.stop();
    await expect(bench.pull(url)).rejects.toMatchObject({
      code: 'download_offline',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED.*import/u),
    });
    expect(bench.events.filter(({ type }) => type === 'retrying')).toHaveLength(2);
    expect(bench.files).toEqual([]);
    server = await HostileServer.start(bench.contents);
  });

  test('in the middle is waited for, and the download goes on', async () => {
    const { port } = server;
    server.behave = (exchange) => {
      exchange.serveBytes(90_000, {}, 'cut');
    };
    const patient = bench.store({ firstRetryMs: 50, longestRetryMs: 50, fruitlessTries: 200 });
    let restarted: Promise<HostileServer> | null = null;
    const pulling = patient.pull('tiny', {
      mirror: server.url,
      onEvent: (event) => {
        if (event.type !== 'retrying' || restarted) return;
        restarted = server.stop().then(() => HostileServer.start(bench.contents, good, port));
      },
    });
    await pulling;
    server = await (restarted as unknown as Promise<HostileServer>);
    expectInstalled();
    expect(server.requests).toMatchObject([{ range: 'bytes=90000-' }]);
  });
});
