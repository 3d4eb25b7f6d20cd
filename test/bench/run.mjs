// Runs the benchmark's TypeScript as it is: `npm run bench`, or `npm run bench -- --help`.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(folder, '..', '..');
if (existsSync(path.join(root, 'out', 'cli', 'main.js'))) {
  const { module } = await runnerImport(path.join(folder, 'bench.ts'), {
    configFile: false,
    root,
    logLevel: 'warn',
  });
  await module.bench(process.argv.slice(2));
} else {
  console.error('The benchmark runs what is built: run `npm run build` first.');
  process.exitCode = 1;
}
