import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const CLIENT = fileURLToPath(new URL('../../../out/core/client/', import.meta.url));

/** A program whose only business is a stream to a server that is not there. */
const PROGRAM = `
  import { createStreamingClient } from ${JSON.stringify(`${CLIENT}streaming-client.js`)};
  import { connectFromNode } from ${JSON.stringify(`${CLIENT}node-socket.js`)};
  const client = createStreamingClient({
    url: 'ws://127.0.0.1:1',
    connect: connectFromNode,
    maxRetries: 2,
    random: () => 0,
  });
  try {
    for await (const event of client) console.log(event.state);
  } catch (error) {
    console.log(error.code);
  }
`;

describe('a process that only streams', () => {
  it('lives on between two attempts to connect, and ends when the client does', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM]);
    expect(stdout.trim().split('\n')).toEqual([
      ...['connecting', 'lost', 'connecting', 'lost', 'connecting'],
      ...['closed', 'connection_failed'],
    ]);
  });
});
