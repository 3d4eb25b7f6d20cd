import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Exchange, HostileServer } from './hostile-server.ts';
import { ModelBench, WHOLE } from './model-bench.ts';
import { PullProcess } from './support/pull-process.ts';

const MODEL_BYTES = 4_000_000;
const KILLS = 10;

let bench: ModelBench;
let server: HostileServer;
/** The server falls silent here. */
let sendUpTo: number;

beforeEach(async () => {
  bench = new ModelBench(MODEL_BYTES);
  sendUpTo = MODEL_BYTES;
  server = await HostileServer.start(bench.contents, dribble);
});

afterEach(async () => {
  await server.stop();
  bench.remove();
});

/** Sends in small pieces, each when the last has left, so that a reader can be caught anywhere. */
function dribble({ content, etag, from, response }: Exchange): void {
  const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    'content-length': String(content.length - from),
    ...range,
  });
  let position = from;
  const sendNext = (): void => {
    if (response.destroyed || (position >= sendUpTo && sendUpTo < MODEL_BYTES)) return;
    if (position >= content.length) {
      response.end();
      return;
    }
    const piece = content.subarray(position, position + 10_000);
    position += piece.length;
    server.bytesSent += piece.length;
    response.write(piece, () => setTimeout(sendNext, 1));
  };
  sendNext();
}

describe('a download in a process', () => {
  test(`that is killed ${KILLS} times at random still ends verified, and does not begin anew`, async () => {
    const kills: string[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      // So that none can be quicker than its end.
      sendUpTo = Math.floor((MODEL_BYTES * kill) / (KILLS + 1));
      const child = new PullProcess(bench, server.url);
      // Anywhere: while it reads what is there, before it has asked, in the transfer.
      const events = Math.floor(Math.random() * 40);
      let seen = 0;
      await child.until(({ bytes = 0 }) => ++seen > events || bytes >= sendUpTo);
      child.kill('SIGKILL');
      expect(await child.ended).toBeNull();
      kills.push(`${child.events.at(-1)?.type} ${child.events.at(-1)?.bytes}`);
    }
    sendUpTo = MODEL_BYTES;
    const last = new PullProcess(bench, server.url);
    expect(await last.ended, kills.join(', ')).toBe(0);
    expect(last.events.at(-1)).toMatchObject({ type: 'done', alreadyThere: false });
    expect(bench.installed.equals(bench.content)).toBe(true);
    expect(bench.files).toEqual(WHOLE);
    expect(await bench.store().list()).toMatchObject([{ name: 'tiny', state: 'verified' }]);
    // What was under way when a process died comes again, and no more than that.
    const continued = server.requests.filter(({ range }) => range !== undefined).length;
    expect(continued).toBeGreaterThan(0);
    expect(server.bytesSent).toBeLessThan(3 * MODEL_BYTES);
  });

  test('is left to the first of several that want the same', async () => {
    const children = Array.from({ length: 4 }, () => new PullProcess(bench, server.url));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    const ends = children.map(({ events }) => events.at(-1)?.alreadyThere);
    expect(ends.filter((alreadyThere) => alreadyThere === false)).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
    expect(bench.files).toEqual(WHOLE);
  });

  test('that is killed is taken over by one that waits', async () => {
    const first = new PullProcess(bench, server.url);
    await first.until(({ type }) => type === 'downloading');
    const second = new PullProcess(bench, server.url);
    const waiting = await second.until(({ type }) => type === 'waiting');
    expect(waiting).toMatchObject({ type: 'waiting', pid: expect.any(Number) });
    first.kill('SIGKILL');
    expect(await first.ended).toBeNull();
    expect(await second.ended).toBe(0);
    expect(second.events.at(-1)).toMatchObject({ type: 'done', alreadyThere: false });
    expect(server.requests.at(-1)?.range).toMatch(/^bytes=[1-9]/u);
    expect(bench.installed.equals(bench.content)).toBe(true);
  });
});

test('two pulls in one process are one download', async () => {
  const store = bench.store();
  const [one, other] = await Promise.all([bench.pull(server.url, store), bench.pull(server.url, store)]);
  expect([one, other]).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ alreadyThere: false }),
      expect.objectContaining({ alreadyThere: true }),
    ]),
  );
  expect(server.requests).toHaveLength(1);
});
