import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser } from '../fixtures/browser.ts';
import { CLIENT_SUITE, type WorldCommand } from '../fixtures/client-suite.ts';
import { SuiteServer } from '../fixtures/client-suite-server.ts';

const ENTRY = fileURLToPath(new URL('../fixtures/client-suite-browser.ts', import.meta.url));
const PAGE = '<!doctype html><title>suite</title><script src="/suite.js"></script>';

if (browserMissing) console.warn(`The client's suite in a browser is ${browserMissing}.`);

describe.skipIf(browserMissing)(
  `the client in a browser${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    let server: SuiteServer;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      const script = await bundleSuite();
      // From the server itself: a browser keeps pages of any other place away from loopback.
      server = await SuiteServer.start((request, response) => {
        const body = { '/suite.html': PAGE, '/suite.js': script }[request.url ?? ''];
        if (body === undefined) return false;
        const type = request.url === '/suite.js' ? 'text/javascript' : 'text/html';
        response.writeHead(200, { 'Content-Type': type }).end(body);
        return true;
      });
      browser = await launchBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    beforeEach(async () => {
      await page?.close();
      page = await browser.newPage();
      await page.exposeFunction('suiteControl', (command: WorldCommand) => server.control(command));
      await page.goto(`http://${server.host}/suite.html`);
    });

    it.each(CLIENT_SUITE)('$name', async ({ name }) => {
      await runCase(name, server.token);
    });

    it('never shows its token in an address', async () => {
      const addresses: string[] = [];
      page.on('request', (request) => addresses.push(request.url()));
      page.on('websocket', (socket) => addresses.push(socket.url()));
      await runCase((CLIENT_SUITE[0] as { name: string }).name, server.token);
      expect(addresses.length).toBeGreaterThan(1);
      expect(addresses.join('\n')).not.toContain(server.token);
    });

    function runCase(name: string, token: string): Promise<void> {
      const call = { name, token, url: `ws://${server.host}` };
      return page.evaluate(
        ({ name, token, url }) =>
          (
            globalThis as unknown as { runSuiteCase(name: string, url: string, token: string): Promise<void> }
          ).runSuiteCase(name, url, token),
        call,
      );
    }
  },
);

/** The suite and the client it tests as one script, as a page would load them. */
async function bundleSuite(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      lib: { entry: ENTRY, formats: ['iife'], name: 'suite' },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('The bundler gave no output.');
  return output.output[0].code;
}
