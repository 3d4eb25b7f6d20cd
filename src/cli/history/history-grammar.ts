import type { Command } from 'commander';
import { wholeNumber } from '../options.ts';
import { refuseUnknownCommand } from '../unknown-command.ts';
import type { HistoryExportOptions, HistoryRequest } from './history-request.ts';

const MOST_LISTED = 1_000_000;
const ID_HELP = 'id of the session, or its beginning, or last';

/** Adds `surtitle history` and what belongs to it. @param run does what was asked for. */
export function addHistory(program: Command, run: (request: HistoryRequest) => Promise<void>): void {
  const history = program
    .command('history')
    .description('sessions kept on this machine: list, search, show, export, delete')
    .addHelpText(
      'after',
      `
Without a command it lists the sessions. An id need not be typed in full; last
is the newest one.

Examples:
  $ surtitle history
  $ surtitle history show last
  $ surtitle history search budget tuesday
  $ surtitle history search "the city" --json
  $ surtitle history export last --format srt -o talk.srt
  $ surtitle history rm --all`,
    );
  const limit = wholeNumber(1, MOST_LISTED);
  history
    .command('list', { isDefault: true })
    .description('list the sessions, newest first')
    .option('--limit <number>', 'no more than these (default: 20; with --json all)', limit)
    .option('--json', 'print them as JSON', false)
    .allowExcessArguments()
    .action((options: { json: boolean; limit?: number }, command: Command) => {
      refuseUnknownCommand(command);
      return run({ action: 'list', limit: undefined, ...options });
    });
  history
    .command('show')
    .argument('<id>', ID_HELP)
    .description('print a session')
    .option('--json', 'print it as JSON', false)
    .action((id: string, options: { json: boolean }) => run({ action: 'show', id, json: options.json }));
  history
    .command('search')
    .argument('<words...>', 'each of them must be there; words in quotes must follow each other')
    .description('find words in titles and text')
    .option('--limit <number>', 'no more sessions than these (default: 20; with --json all)', limit)
    .option('--json', 'print what is found as JSON, a session a line', false)
    .action((terms: string[], options: { json: boolean; limit?: number }) =>
      run({ action: 'search', terms, limit: undefined, ...options }),
    );
  history
    .command('rename')
    .argument('<id>', ID_HELP)
    .argument('<title...>')
    .description('give a session a title')
    .action((id: string, title: string[]) => run({ action: 'rename', id, title: title.join(' ') }));
  history
    .command('export')
    .argument('<id>', ID_HELP)
    .description('write a session as subtitles or text')
    .option('--format <names>', 'srt, vtt, txt, md or json; several with commas between them')
    .option('-o, --output <file>', 'write one format to this file (default: standard output)')
    .option('--output-dir <folder>', 'write to files in this folder, named after the title')
    .option('--force', 'replace files that are there', false)
    .action((id: string, options: Partial<HistoryExportOptions>) =>
      run({
        action: 'export',
        id,
        format: options.format,
        output: options.output,
        outputDir: options.outputDir,
        force: options.force === true,
      }),
    );
  history
    .command('rm')
    .argument('[ids...]', ID_HELP)
    .description('delete sessions, for good')
    .option('--all', 'delete every session', false)
    .option('-y, --yes', 'do not ask before deleting everything', false)
    .action((ids: string[], options: { all: boolean; yes: boolean }) =>
      run({ action: 'rm', ids, ...options }),
    );
}
