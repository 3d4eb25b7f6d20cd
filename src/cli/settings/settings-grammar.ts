import type { Command } from 'commander';
import { refuseUnknownCommand } from '../unknown-command.ts';
import type { SettingsRequest } from './settings-request.ts';

/** Adds `surtitle settings` and what belongs to it. @param run does what was asked for. */
export function addSettings(program: Command, run: (request: SettingsRequest) => Promise<void>): void {
  const settings = program
    .command('settings')
    .description('list settings, or change one')
    .addHelpText(
      'after',
      `
Without a command it lists the settings.

Examples:
  $ surtitle settings
  $ surtitle settings set history.enabled false
  $ surtitle settings set history.retentionDays 30
  $ surtitle settings reset history.retentionDays`,
    );
  settings
    .command('list', { isDefault: true })
    .description('list every setting with its value')
    .option('--json', 'print the values as JSON', false)
    .allowExcessArguments()
    .action((options: { json: boolean }, command: Command) => {
      refuseUnknownCommand(command);
      return run({ action: 'list', json: options.json });
    });
  settings
    .command('get')
    .argument('<key>')
    .description('print the value of one setting')
    .action((key: string) => run({ action: 'get', key }));
  settings
    .command('set')
    .arguments('<key> <value>')
    .description('choose a value; none where there shall be none')
    .action((key: string, value: string) => run({ action: 'set', key, value }));
  settings
    .command('reset')
    .argument('<key>')
    .description('go back to the default')
    .action((key: string) => run({ action: 'reset', key }));
}
