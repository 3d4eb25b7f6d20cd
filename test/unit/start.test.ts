import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error: scripts are plain JavaScript.
import { isBuildStale } from '../../scripts/start/build-age.mjs';
// @ts-expect-error: scripts are plain JavaScript.
import { whyNoDisplay } from '../../scripts/start/display.mjs';

describe('whether npm start builds first', () => {
  let root: string;
  const BUILT = [
    'cli/main.js',
    'main/main.js',
    'preload/preload.cjs',
    'renderer/index.html',
    'renderer/captions.html',
  ];

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'surtitle-age-'));
    for (const file of BUILT) put(`out/${file}`, 2_000);
    put('src/core/a.ts', 1_000);
    put('package.json', 1_000);
    for (const folder of ['src', 'src/core']) utimesSync(path.join(root, folder), 1_000, 1_000);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function put(file: string, seconds: number): void {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), '');
    utimesSync(path.join(root, file), seconds, seconds);
  }

  it('not where the build is newer than all sources', () => {
    expect(isBuildStale(root)).toBe(false);
  });

  it.each(BUILT)('where out/%s is missing', (file) => {
    rmSync(path.join(root, 'out', file));
    expect(isBuildStale(root)).toBe(true);
  });

  it.each(['src/core/a.ts', 'src/core/new.ts', 'package.json', 'electron.vite.config.ts'])(
    'where %s changed since',
    (file) => {
      put(file, 3_000);
      expect(isBuildStale(root)).toBe(true);
    },
  );

  it('not where it was installed, without sources', () => {
    rmSync(path.join(root, 'src'), { recursive: true });
    put('package.json', 3_000);
    expect(isBuildStale(root)).toBe(false);
  });
});

it.each([
  ['linux', {}, 'There is no display here.'],
  ['linux', { DISPLAY: '' }, 'There is no display here.'],
  ['linux', { DISPLAY: ':0' }, null],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, null],
  ['darwin', {}, null],
  ['win32', {}, null],
])('on %s with %j npm start finds: %j', (platform, environment, reason) => {
  expect(whyNoDisplay(platform, environment)).toBe(reason);
});
