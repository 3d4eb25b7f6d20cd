import { type Command, CommanderError } from 'commander';
import { describeError, SurtitleError } from '../core/foundation/errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { writeAdvice } from './write-advice.ts';

/** Node leaves by itself when nothing is open any more; this is for what a library forgot to close. */
const LEAVE_AFTER_MS = 3000;

/**
 * Runs the command line and sets the process's exit code. Commands are loaded when they are run, so that
 * `--help` answers at once.
 *
 * @param argv as in `process.argv`.
 */
export async function main(argv: readonly string[]): Promise<void> {
  surviveOutputFailures();
  const program = createProgram(
    {
      demo: async (options) => (await import('./commands/demo.ts')).demo(options),
      serve: async (options) => (await import('./commands/serve.ts')).serve(options),
      stream: async (input, options) => (await import('./commands/stream.ts')).stream(input, options),
      transcribe: async (files, options) =>
        (await import('./commands/transcribe.ts')).transcribe(files, options),
      history: async (request) => (await import('./commands/history.ts')).history(request),
      settings: async (request) => (await import('./commands/settings.ts')).settings(request),
      doctor: async (options) => (await import('./commands/doctor.ts')).doctor(options),
      models: {
        list: async (options) => (await import('./commands/models-list.ts')).modelsList(options),
        pull: async (name, options) => (await import('./commands/models-pull.ts')).modelsPull(name, options),
        importFile: async (file, options) =>
          (await import('./commands/models-import.ts')).modelsImport(file, options),
        remove: async (name) => (await import('./commands/models-remove.ts')).modelsRemove(name),
        locate: async (name) => (await import('./commands/models-path.ts')).modelsPath(name),
      },
    },
    (exitCode) => {
      process.exitCode = exitCode;
    },
  );
  for (const command of everyCommand(program)) command.exitOverride();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error, program.opts().verbose === true || Boolean(process.env.SURTITLE_DEBUG));
  }
  setTimeout(() => process.exit(), LEAVE_AFTER_MS).unref();
}

/** A command with all that are below it. */
function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Writes what went wrong to stderr. @returns the exit code. */
function report(error: unknown, verbose: boolean): number {
  if (error instanceof CommanderError) {
    // Commander has printed help, version or the complaint itself.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof SurtitleError) {
    process.stderr.write(`error: ${error.message} (${error.code})\n`);
    if (verbose) process.stderr.write(`${error.stack ?? ''}\n`);
    return exitCodeOf(error.code);
  }
  process.stderr.write(`error: ${describeError(error)} (unexpected)\n`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  else process.stderr.write('Run again with --verbose to see where it happened, and please report it.\n');
  return EXIT.failure;
}

/**
 * `surtitle stream … | head` closes the pipe early; that is no error. Anything else that keeps results from
 * being written, such as a full disk, is. A log that cannot be written any more must not end a server.
 */
function surviveOutputFailures(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    process.exit(
      report(
        new SurtitleError(
          'output_unwritable',
          `Standard output cannot be written (${describeError(error)}). ${writeAdvice(error)}`,
          { cause: error },
        ),
        false,
      ),
    );
  });
  process.stderr.on('error', () => undefined);
}
