import { beforeEach, describe, expect, it } from 'vitest';
import { ChangePublisher } from '../../../src/app/change-publisher.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';

let clock: VirtualClock;
let value: number;
let told: number[];
let publisher: ChangePublisher<number>;

beforeEach(() => {
  clock = new VirtualClock();
  value = 0;
  told = [];
  publisher = new ChangePublisher({
    clock,
    logger: silentLogger,
    intervalMs: 200,
    view: async () => value,
    publish: (latest) => told.push(latest),
  });
});

describe('changes', () => {
  it('that come quickly are told together, the last of them', async () => {
    for (value = 1; value < 50; value++) publisher.soon();
    await clock.advance(200);
    expect(told).toEqual([50]);
  });

  it('that someone waits for are told at once', async () => {
    value = 1;
    publisher.now();
    await clock.advance(0);
    expect(told).toEqual([1]);
  });

  it('are told again where they go on while a view is made', async () => {
    value = 1;
    publisher.now();
    publisher.now();
    await clock.advance(0);
    value = 2;
    publisher.now();
    await clock.advance(0);
    expect(told.at(-1)).toBe(2);
  });

  it('are not told once it is over', async () => {
    publisher.soon();
    publisher.close();
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });
});
