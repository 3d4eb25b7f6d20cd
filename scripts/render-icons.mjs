/**
 * Draws resources/icons from the SVGs in resources/icons/source, with the chromium and playwright-core of the tests.
 * The results are kept in the repository; run it again when a source changes: `node scripts/render-icons.mjs`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const icons = path.resolve(import.meta.dirname, '..', 'resources', 'icons');
const TRAY = ['idle', 'listening', 'paused', 'problem'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

async function render(source, size) {
  const svg = await readFile(path.join(icons, 'source', `${source}.svg`), 'utf8');
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const address = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(`<style>*{margin:0}</style><img src="${address}" width="${size}" height="${size}">`);
  await page.waitForFunction(() => document.images[0]?.complete);
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

/** Windows takes PNGs of several sizes in one file. */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** macOS the same, under names of its own. */
function icns(images) {
  const names = { 16: 'icp4', 32: 'icp5', 64: 'icp6', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };
  const parts = images.map(({ size, png }) => {
    const head = Buffer.alloc(8);
    head.write(names[size], 0, 'ascii');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'ascii');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

const app = [];
for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) app.push({ size, png: await render('icon', size) });
const of = (sizes) => app.filter(({ size }) => sizes.includes(size));

await mkdir(path.join(icons, 'linux'), { recursive: true });
for (const { size, png } of of([16, 32, 48, 64, 128, 256, 512])) {
  await writeFile(path.join(icons, 'linux', `${size}x${size}.png`), png);
}
await writeFile(path.join(icons, 'icon.png'), of([256])[0].png);
await writeFile(path.join(icons, 'icon.ico'), ico(of([16, 32, 48, 64, 256])));
await writeFile(path.join(icons, 'icon.icns'), icns(of([16, 32, 64, 128, 256, 512, 1024])));
for (const state of TRAY) {
  await writeFile(path.join(icons, `tray-${state}.png`), await render(`tray-${state}`, 16));
  await writeFile(path.join(icons, `tray-${state}@2x.png`), await render(`tray-${state}`, 32));
  const template = `tray-${state}-template`;
  await writeFile(path.join(icons, `tray-${state}-Template.png`), await render(template, 16));
  await writeFile(path.join(icons, `tray-${state}-Template@2x.png`), await render(template, 32));
}
await browser.close();
