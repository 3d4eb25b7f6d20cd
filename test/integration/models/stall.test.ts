import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { HostileServer } from './hostile-server.ts';
import { ModelBench, WHOLE } from './model-bench.ts';

const STALL_MS = 30_000;

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

/** Moves time only when the download waits for it, until it has ended. */
async function drive(clock: VirtualClock, pulling: Promise<unknown>, stepMs: number): Promise<void> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  void pulling.then(end, end);
  while (!over) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(stepMs);
  }
}

test('a server that falls silent is asked again, and the download goes on', async () => {
  const clock = new VirtualClock();
  let arrived: () => void = () => undefined;
  const half = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  server.behave = (exchange) =>
    exchange.index === 0 ? exchange.serveBytes(150_000, {}, 'hang') : exchange.serve();
  const pulling = bench.store({}, clock).pull('tiny', {
    mirror: server.url,
    onEvent: (event) => {
      bench.events.push(event);
      if (event.type === 'downloading' && event.bytes === 150_000) arrived();
    },
  });
  await half;
  await clock.advance(STALL_MS - 1);
  expect(server.requests).toHaveLength(1);
  await clock.advance(1);
  await drive(clock, pulling, 100);
  expect(server.requests[1]?.range).toBe('bytes=150000-');
  expect(bench.events).toContainEqual({
    type: 'retrying',
    reason: 'nothing came for 30 s',
    delayMs: 1000,
  });
  expect(bench.files).toEqual(WHOLE);
});

test('a server that takes the connection and never answers is given up', async () => {
  const clock = new VirtualClock();
  server.behave = () => undefined;
  const pulling = bench.pull(server.url, bench.store({}, clock));
  const failure = expect(pulling).rejects.toMatchObject({ code: 'download_offline' });
  await drive(clock, pulling, 1000);
  await failure;
});

test('waits as long as the server asks to, not less', async () => {
  const clock = new VirtualClock();
  server.behave = (exchange) =>
    exchange.index === 0 ? exchange.response.writeHead(429, { 'retry-after': '90' }).end() : exchange.serve();
  await drive(clock, bench.pull(server.url, bench.store({}, clock)), 500);
  expect(bench.events[0]).toEqual({
    type: 'retrying',
    reason: 'the server answered 429',
    delayMs: 90_000,
  });
  expect(clock.now()).toBeGreaterThanOrEqual(90_000);
});
