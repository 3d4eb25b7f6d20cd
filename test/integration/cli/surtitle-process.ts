import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const samples = path.join(repository, 'resources', 'samples');

/** Nothing here is meant to take this long; a command that does is stuck. */
const DEADLINE_MS = 50_000;

/** Whether `npm run build:engine` has been run. */
export function engineIsBuilt(): boolean {
  return existsSync(path.join(repository, 'build', 'engine', 'manifest.json'));
}

/** Compiles the sources where the compiled ones are older. */
export function ensureBuilt(): void {
  const built = path.join(repository, 'out', 'cli', 'main.js');
  if (existsSync(built) && statSync(built).mtimeMs >= newest(path.join(repository, 'src'))) return;
  const compiler = path.join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: repository,
    stdio: 'inherit',
  });
}

function newest(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (latest, entry) => Math.max(latest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs),
      0,
    );
}

/** How a command ended. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `surtitle`, whose output can be waited for. */
export class SurtitleProcess {
  readonly #child: ChildProcess;
  readonly #finished: Promise<Finished>;
  #stdout = '';
  #stderr = '';
  #wake: () => void = () => undefined;

  /**
   * @param stdout where standard output goes instead of to this class.
   * @param stderr where standard error goes instead of to this class.
   */
  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    stdout?: string,
    stderr?: string,
  ) {
    const files = [stdout, stderr].map((path) => (path === undefined ? 'pipe' : openSync(path, 'w')));
    this.#child = spawn(process.execPath, [path.join(repository, 'bin', 'surtitle.js'), ...args], {
      cwd: repository,
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['pipe', ...files],
    });
    for (const file of files) if (typeof file === 'number') closeSync(file);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#wake();
    });
    // A command may end before it has read its input.
    this.stdin.on('error', () => undefined);
    this.#finished = new Promise((resolve) => {
      this.#child.on('close', (exitCode) => {
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr });
        this.#wake();
      });
    });
  }

  get stdin(): Writable {
    if (!this.#child.stdin) throw new Error('Standard input is a pipe.');
    return this.#child.stdin;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Stops reading its standard output, as `head` does. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits for a line of standard output (or of standard error) that matches. */
  async line(pattern: RegExp, from: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
    let ended = false;
    void this.#finished.then(() => {
      ended = true;
    });
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const text = from === 'stdout' ? this.#stdout : this.#stderr;
      const complete = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
      const match = complete.find((line) => pattern.test(line));
      if (match !== undefined) return match;
      if (ended || Date.now() > deadline) {
        throw new Error(`No line like ${pattern} in ${from}:\n${this.#stdout}\n${this.#stderr}`);
      }
      await this.#change();
    }
  }

  /** Waits for the end. */
  async end(): Promise<Finished> {
    const timeout = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE_MS);
    const finished = await this.#finished;
    clearTimeout(timeout);
    return finished;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, 1000);
      this.#wake = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }
}
