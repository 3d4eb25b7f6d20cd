import os from 'node:os';
import { checkModelAndSpeed } from '../../app/doctor/engine-checks.ts';
import { modelOverview } from '../../app/models/model-overview.ts';
import { recallStarterSpeed } from '../../app/models/speed-record.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { STARTER_MODEL } from '../../core/models/catalogue.ts';
import { EXIT } from '../exit-codes.ts';
import { formatOverview } from '../models/format-overview.ts';
import type { ModelsListOptions } from '../models/options.ts';
import { type ModelsSurroundings, modelsSurroundings } from '../models/surroundings.ts';
import { colorsFor } from '../terminal/colors.ts';

const DEFAULT_COLUMNS = 80;
const WIDEST_COLUMNS = 100;

/** Prints what is installed, and what of the catalogue suits this machine. */
export async function modelsList(
  { json, all, benchmark }: Pick<ModelsListOptions, 'json' | 'all' | 'benchmark'>,
  { store, dataFolder, stdout }: ModelsSurroundings = modelsSurroundings(),
): Promise<number> {
  if (benchmark) await measure(dataFolder);
  const machine = {
    starterTimesRealTime: await recallStarterSpeed(dataFolder),
    memoryBytes: os.totalmem(),
  };
  const overview = modelOverview(store.folder, await store.list(), store.catalogue, machine);
  if (json) {
    stdout.write(`${JSON.stringify(overview, null, 2)}\n`);
    return EXIT.ok;
  }
  const columns = Math.min(stdout.columns || DEFAULT_COLUMNS, WIDEST_COLUMNS) - 1;
  stdout.write(formatOverview(overview, { all, columns, colors: colorsFor(stdout) }));
  return EXIT.ok;
}

/** Decodes the bundled speech with the starter model; the result is kept in the data folder. */
async function measure(dataFolder: string): Promise<void> {
  const { findings } = await checkModelAndSpeed(STARTER_MODEL, { dataFolder });
  const failure = findings.find(({ status }) => status === 'fail');
  if (!failure) return;
  throw new SurtitleError(
    'engine_unavailable',
    `This machine could not be measured. ${failure.summary} ${failure.advice ?? ''}`.trimEnd(),
  );
}
