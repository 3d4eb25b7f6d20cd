import type { Command } from 'commander';

/** For a default command: what it is given as an argument is a command's name that does not exist. */
export function refuseUnknownCommand(command: Command): void {
  const [name] = command.args;
  if (name !== undefined) command.error(`error: unknown command '${name}'`);
}
