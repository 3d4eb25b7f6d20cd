import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { SettingValues } from '../../../src/core/settings/settings-schema.ts';
import { launchBrowser } from '../../fixtures/browser.ts';

const SURTITLE = fileURLToPath(new URL('../../../bin/surtitle.js', import.meta.url));

/** `surtitle serve` as users start it, in a data folder of its own, and a browser. */
export interface ServedPages {
  readonly home: string;
  readonly browser: Browser;
  /** Opens a page of the interface in a window of its own. */
  open(page: string, options?: { readonly dark?: boolean; readonly width?: number }): Promise<Page>;
  close(): Promise<void>;
}

export async function servePages(
  prepare: (home: string) => Promise<void> | void = () => undefined,
  settings: Partial<SettingValues> = {},
): Promise<ServedPages> {
  const home = mkdtempSync(path.join(tmpdir(), 'surtitle-pages-'));
  writeFileSync(
    path.join(home, 'settings.json'),
    JSON.stringify({ version: 1, 'app.firstRunDone': true, ...settings }),
  );
  await prepare(home);
  const server = spawn(process.execPath, [SURTITLE, 'serve', '--port', '0', '--print-link'], {
    env: { ...process.env, SURTITLE_HOME: home, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const link = await linkOf(server);
  const browser = await launchBrowser();
  return {
    home,
    browser,
    async open(name, { dark = false, width = 1100 } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: dark ? 'dark' : 'light',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const page = await context.newPage();
      await page.goto(link);
      await page.getByRole('main').waitFor();
      await page.evaluate(`window.location.hash = ${JSON.stringify(name)}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
    async close() {
      await browser.close();
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function linkOf(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('The server has no output.');
  for await (const line of createInterface({ input: server.stdout })) {
    const link = /http:\/\/\S+\/#token=\S+/u.exec(line)?.[0];
    if (link) return link;
  }
  throw new Error('The server ended before it printed its link.');
}
