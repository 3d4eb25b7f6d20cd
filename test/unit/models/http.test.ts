import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createHttpClient } from '../../../src/core/models/http.ts';

const server = createServer((request, response) => response.end(request.headers.authorization));

afterEach(() => new Promise((resolve) => server.close(resolve)));

it('sends a password as it is, where it holds a percent sign that nobody escaped', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = await createHttpClient();
  const address = new URL(`http://me:50%off@127.0.0.1:${port}/`);
  const answer = await client.get(address, {}, new AbortController().signal);
  let said = '';
  for await (const chunk of answer.body) said += Buffer.from(chunk).toString();
  await client.close();
  expect(said).toBe(`Basic ${Buffer.from('me:50%off').toString('base64')}`);
});
