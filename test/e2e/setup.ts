import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds everything, windows and pages included: these suites run what users run. */
export default function setup(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The app could not be built:\n${stdout}${stderr}`);
}
