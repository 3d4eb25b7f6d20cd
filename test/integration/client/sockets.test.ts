import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../../src/core/client/client-events.ts';
import { connectFromNode } from '../../../src/core/client/node-socket.ts';
import { createStreamingClient } from '../../../src/core/client/streaming-client.ts';
import { CLIENT_SUITE, suiteAudio } from '../../fixtures/client-suite.ts';
import { SuiteServer } from '../../fixtures/client-suite-server.ts';
import type { CutPoint } from '../../fixtures/tcp-proxy.ts';
import { Random } from '../simulation/random.ts';

const SEED = Number(process.env.SURTITLE_SIM_SEED ?? 1);
const CUTS = 100;

let server: SuiteServer;

beforeAll(async () => {
  server = await SuiteServer.start();
});

afterAll(() => server.close());

describe('the client in Node, over real sockets', () => {
  it.each(CLIENT_SUITE)('$name', async ({ run }) => {
    await run({
      url: `ws://${server.host}`,
      token: server.token,
      connect: connectFromNode,
      control: (command) => server.control(command),
    });
  });

  it('fails with what to do where nothing listens', async () => {
    const client = createStreamingClient({
      url: 'ws://127.0.0.1:1',
      connect: connectFromNode,
      maxRetries: 0,
    });
    await expect(stream(client)).rejects.toMatchObject({
      code: 'connection_failed',
      message: expect.stringMatching(/ECONNREFUSED.*Is the server running/u),
    });
  });
});

describe('a wire that is cut', () => {
  let undisturbed: string[];

  beforeAll(async () => {
    undisturbed = await streamThrough(null);
  });

  it(`after any byte, in either direction, changes no final (${CUTS} cuts, seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const { up, down } = { ...server.proxy.most };
    for (let cut = 0; cut < CUTS; cut++) {
      const direction = random.pick(['up', 'down'] as const);
      const all = direction === 'up' ? up : down;
      // As many in the handshake and config as in all the rest, and some in the last bytes.
      const bytes = Math.floor(
        random.pick([random.between(0, 1_200), random.between(0, all), random.between(all - 400, all)]),
      );
      expect({ direction, bytes, finals: await streamThrough({ direction, bytes }) }).toEqual({
        direction,
        bytes,
        finals: undisturbed,
      });
    }
    expect(server.proxy.cuts).toBeGreaterThan(CUTS * 0.9);
  });

  async function streamThrough(cutPoint: CutPoint | null): Promise<string[]> {
    server.proxy.cutPoint = cutPoint;
    const client = createStreamingClient({
      url: `ws://${server.host}`,
      token: server.token,
      connect: connectFromNode,
      checkInvariants: true,
      // Waiting is for real here.
      random: () => 0,
    });
    client.pushFrame(suiteAudio());
    client.endInput();
    const events = await stream(client);
    server.proxy.cutPoint = null;
    return events.flatMap((event) =>
      event.type === 'final' ? [`${event.segment_id} ${event.start_ms}-${event.end_ms} ${event.text}`] : [],
    );
  }
});

async function stream(client: AsyncIterable<ClientEvent>): Promise<ClientEvent[]> {
  const events: ClientEvent[] = [];
  for await (const event of client) events.push(event);
  return events;
}
