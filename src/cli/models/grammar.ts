import { type Command, Option } from 'commander';
import { SUGGESTED_MODEL } from '../../core/models/catalogue.ts';
import type { ModelsActions } from './options.ts';

/** Adds `surtitle models …` to the command line. */
export function addModels(
  program: Command,
  actions: ModelsActions,
  finish: (exitCode: number) => void,
): void {
  const models = program
    .command('models')
    .description('list, download, import and remove speech models')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText(
      'after',
      `
Models lie in the data folder's models (SURTITLE_HOME moves it). Downloads are
checked by sha256, and go on where they stopped.

Examples:
  $ surtitle models list
  $ surtitle models pull ${SUGGESTED_MODEL}
  $ surtitle serve --model ${SUGGESTED_MODEL}`,
    );
  addList(models, actions, finish);
  addPull(models, actions, finish);
  addImport(models, actions, finish);
  models
    .command('rm')
    .argument('<name>', 'an installed model')
    .description('remove a model, or what has been downloaded of it')
    .action(async (name: string, _options: unknown, command: Command) =>
      finish(await actions.remove(name, command.optsWithGlobals())),
    );
  models
    .command('path')
    .argument('<name>', 'an installed model')
    .description("print the path of a model's file, and nothing else")
    .action(async (name: string, _options: unknown, command: Command) =>
      finish(await actions.locate(name, command.optsWithGlobals())),
    );
}

function addList(models: Command, actions: ModelsActions, finish: (exitCode: number) => void): void {
  models
    .command('list')
    .description('what is installed, what there is to download, and what suits this machine')
    .option('--all', 'also the quantised models: smaller files, weights rounded', false)
    .option('--json', 'print everything as JSON', false)
    .option('--benchmark', 'first measure how fast this machine decodes, for the recommendation', false)
    .action(async (_options: unknown, command: Command) =>
      finish(await actions.list(command.optsWithGlobals())),
    );
}

function addPull(models: Command, actions: ModelsActions, finish: (exitCode: number) => void): void {
  models
    .command('pull')
    .argument('<name>', 'a model of the list')
    .description('download a model')
    .addOption(
      new Option('--mirror <url>', 'download URL/ggml-NAME.bin instead of asking the Hugging Face hub').env(
        'SURTITLE_MODEL_MIRROR',
      ),
    )
    .addHelpText(
      'after',
      `
Ctrl-C stops; the same command goes on from there. Proxies are taken from
HTTP_PROXY, HTTPS_PROXY and NO_PROXY. The setting models.mirror keeps a mirror.

Examples:
  $ surtitle models pull ${SUGGESTED_MODEL}
  $ surtitle models pull small --mirror https://models.example.org/whisper`,
    )
    .action(async (name: string, _options: unknown, command: Command) =>
      finish(await actions.pull(name, command.optsWithGlobals())),
    );
}

function addImport(models: Command, actions: ModelsActions, finish: (exitCode: number) => void): void {
  models
    .command('import')
    .argument('<file>', 'a model file in GGML format (.bin)')
    .description('copy a model file from this machine into the store')
    .option('--trust', 'take a file that is not in the catalogue: you know where it comes from', false)
    .option('--name <name>', 'what to call such a file')
    .addHelpText(
      'after',
      `
Files of the catalogue are known by their sha256 and need no options.

Examples:
  $ surtitle models import /media/usb/ggml-${SUGGESTED_MODEL}.bin
  $ surtitle models import my-finetune.bin --trust --name court-en`,
    )
    .action(async (file: string, _options: unknown, command: Command) =>
      finish(await actions.importFile(file, command.optsWithGlobals())),
    );
}
