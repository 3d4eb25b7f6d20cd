import { dataFolder } from '../../app/data-folder.ts';
import { checkModelAndSpeed } from '../../app/doctor/engine-checks.ts';
import type { Finding } from '../../app/doctor/finding.ts';
import { checkEngineBuild } from '../../app/doctor/processor.ts';
import {
  checkDataFolder,
  checkMemory,
  checkNode,
  checkPort,
  checkVoiceActivity,
} from '../../app/doctor/surroundings.ts';
import { requestedModel } from '../../app/model-resolution.ts';
import { formatFinding, formatVerdict, isUsable } from '../doctor/report.ts';
import { EXIT } from '../exit-codes.ts';
import type { DoctorOptions } from '../options.ts';
import { colorsFor } from '../terminal/colors.ts';

const WIDEST_COLUMNS = 100;

/** Checks the machine, prints what was found as it is found, and gives the exit code. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const colors = colorsFor(process.stdout);
  const columns = Math.min(process.stdout.columns ?? WIDEST_COLUMNS, WIDEST_COLUMNS) - 1;
  const print = (text: string): void => {
    if (!options.json) process.stdout.write(`${text}\n`);
  };
  const findings: Finding[] = [];
  const found = (...more: readonly Finding[]): void => {
    findings.push(...more);
    for (const finding of more) print(formatFinding(finding, colors, columns));
  };

  const folder = dataFolder();
  found(checkNode(), ...checkEngineBuild(), checkMemory());
  found(await checkDataFolder(folder), await checkPort(options.port), await checkVoiceActivity());
  const requested = requestedModel(options.model, process.env);
  const engineWorks = findings.every(({ check, status }) => check !== 'engine' || status !== 'fail');
  const { findings: speed, recommendation } = engineWorks
    ? await checkModelAndSpeed(requested, { dataFolder: folder })
    : { findings: [], recommendation: null };
  found(...speed);

  print(`\n${formatVerdict(findings, recommendation, colors, columns)}`);
  const usable = isUsable(findings);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ usable, recommendation, findings }, null, 2)}\n`);
  }
  return usable ? EXIT.ok : EXIT.unusable;
}
