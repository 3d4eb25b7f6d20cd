#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../out/cli/main.js', import.meta.url);
if (existsSync(entry)) {
  const { main } = await import(entry.href);
  await main(process.argv);
} else {
  console.error(
    'error: Surtitle is not built yet. Run `npm install` (or `npm run build`) in its folder. (not_built)',
  );
  process.exitCode = 1;
}
