import { expect, it } from 'vitest';
import { serveControl } from '../../../src/app/control/control-connection.ts';
import { PushFan } from '../../../src/app/handlers/push-fan.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';

it('sends a page away that does not read, and tells it nothing more', () => {
  const pushes = new PushFan();
  const sent: string[] = [];
  const closes: number[] = [];
  const connection = {
    bufferedBytes: 0,
    send(text: string) {
      sent.push(text);
      this.bufferedBytes += text.length;
    },
    close: (code: number) => void closes.push(code),
    pauseReading() {},
    resumeReading() {},
  };
  serveControl(connection, {
    calls: {},
    pushes,
    context: { resolveFile: (name) => name },
    logger: silentLogger,
    onClosed: () => undefined,
  });
  const jobs = Array.from({ length: 10_000 }, (_, index) => ({
    id: `${index}`,
    fileName: 'x'.repeat(500),
    state: 'waiting' as const,
    share: 0,
    doneMs: 0,
    durationMs: null,
    remainingMs: null,
    error: null,
    warnings: [],
    excerpt: '',
    historyId: null,
  }));
  for (let told = 0; told < 20; told++) pushes.tell('files.changed', jobs);
  expect(closes).toEqual([4013]);
  expect(sent.length).toBeLessThan(10);
  expect(pushes.hasListeners).toBe(false);
});
