#!/usr/bin/env node
// Builds the speech engine: smart-whisper, patched, compiled for this machine. Usage: node scripts/build-engine.mjs [--force]
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEngine } from './engine/build.mjs';
import { EngineBuildError } from './engine/failure.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @returns {Promise<number>} the exit status */
async function main() {
  if (process.env.SURTITLE_SKIP_ENGINE_BUILD === '1') {
    console.log(
      'SURTITLE_SKIP_ENGINE_BUILD is set: the speech engine is not built. Run `npm run build:engine` when you want it.',
    );
    return 0;
  }
  const started = performance.now();
  try {
    const { built, folder, manifest } = await buildEngine({
      root,
      force: process.argv.includes('--force'),
      say: (line) => console.log(line),
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const where = path.relative(process.cwd(), folder) || '.';
    console.log(
      built
        ? `Speech engine built in ${seconds} s (${manifest.backend}, ${manifest.compiler}) → ${where}`
        : `Speech engine is up to date (${seconds} s).`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof EngineBuildError)) throw error;
    console.error(error.message.startsWith(error.code) ? error.message : `${error.code}: ${error.message}`);
    return 1;
  }
}

process.exitCode = await main();
