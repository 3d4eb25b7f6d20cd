import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineIsBuilt } from '../integration/cli/surtitle-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = engineIsBuilt() ? null : 'skipped: the engine is not built';
if (missing) console.warn(`npm start is ${missing}.`);

describe.skipIf(missing)(`npm start${missing ? ` (${missing})` : ''}`, () => {
  let home: string;
  let child: ChildProcess;
  let output = '';
  let closed: Promise<number | NodeJS.Signals | null>;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'surtitle-start-'));
    output = '';
  });

  afterEach(async () => {
    child.kill('SIGTERM');
    await closed;
    rmSync(home, { recursive: true, force: true });
  });

  it('says in one line that there is no display, and serves the browser interface', async () => {
    start({});
    const link = await printed(/^Open in a browser: +(\S+)$/mu);
    expect(output.split('\n')[0]).toBe(
      'There is no display here. Surtitle is served to your browser instead.',
    );
    expect(await (await fetch(link)).text()).toContain('<div id="root">');
  });

  it('says in one line that there is no Electron, and serves the browser interface', async () => {
    start({ DISPLAY: ':1', ELECTRON_OVERRIDE_DIST_PATH: path.join(home, 'none'), PATH: home });
    await printed(/^Open in a browser: +(\S+)$/mu);
    expect(output.split('\n')[0]).toBe(
      'Electron is not installed here and could not be downloaded. Surtitle is served to your browser instead.',
    );
  });

  it.each([['SIGINT'], ['SIGTERM']] as const)('ends politely with %s', async (signal) => {
    start({});
    const link = await printed(/^Open in a browser: +(\S+)$/mu);
    child.kill(signal);
    expect(await closed).toBe(0);
    await expect(fetch(link)).rejects.toThrow();
  });

  it('ends with the exit code of what it started', async () => {
    start({}, ['--host', '0.0.0.0']);
    expect(await closed).toBe(2);
    expect(output).toContain('(remote_address_refused)');
  });

  function start(environment: Readonly<Record<string, string>>, args: readonly string[] = []): void {
    child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs'), '--port', '0', ...args], {
      cwd: home,
      env: { PATH: process.env.PATH ?? '', SURTITLE_HOME: path.join(home, 'data'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        output += text.toString();
        child.emit('printed');
      });
    }
    closed = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  }

  /** The first group of the first match in what is printed. */
  function printed(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.on('printed', look);
      void closed.then((how) => reject(new Error(`It ended with ${how}:\n${output}`)));
      look();
    });
  }
});
