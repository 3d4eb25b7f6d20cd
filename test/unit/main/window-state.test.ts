import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { WindowStateFile } from '../../../src/main/windows/window-state.ts';

const control = { bounds: { x: 10, y: 20, width: 800, height: 600 }, maximized: false };

describe('where windows stood', () => {
  let folder: string;
  const open = (): Promise<WindowStateFile> => WindowStateFile.open(folder, new VirtualClock(), silentLogger);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'surtitle-state-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is there again', async () => {
    const first = await open();
    first.change({ control });
    await first.flush();
    expect((await open()).state.control).toEqual(control);
  });

  it('is written once for many steps of a drag', async () => {
    const clock = new VirtualClock();
    const state = await WindowStateFile.open(folder, clock, silentLogger);
    for (let x = 0; x < 100; x += 1) {
      state.change({ control: { ...control, bounds: { ...control.bounds, x } } });
    }
    expect(await readdir(folder)).toEqual([]);
    await state.flush();
    expect(JSON.parse(await readFile(path.join(folder, 'window-state.json'), 'utf8'))).toMatchObject({
      control: { bounds: { x: 99 } },
    });
  });

  it.each(['', '{', '{"version":2}', '{"version":1,"control":{"bounds":{"x":"left"}}}', '[]'])(
    'is as if nothing was moved where the file says %j',
    async (text) => {
      await writeFile(path.join(folder, 'window-state.json'), text);
      expect((await open()).state).toEqual({
        version: 1,
        control: null,
        overlayDisplay: null,
        overlaySpots: {},
      });
    },
  );

  it('costs nobody an error where it cannot be written', async () => {
    const state = await open();
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder was');
    state.change({ control });
    await expect(state.flush()).resolves.toBeUndefined();
  });
});
