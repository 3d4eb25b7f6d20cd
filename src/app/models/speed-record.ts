import { mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../core/files/durable-file.ts';

const speedRecord = z.object({
  starterTimesRealTime: z.number().positive(),
  processor: z.string(),
  cores: z.number(),
});

/**
 * Keeps how fast this machine decodes with the starter model, so that models can be recommended without
 * measuring again. A folder that cannot be written keeps nothing; the next measurement tries again.
 */
export async function rememberStarterSpeed(
  dataFolder: string,
  speeds: readonly { readonly timesRealTime: number }[],
): Promise<void> {
  const starterTimesRealTime = Math.max(...speeds.map((speed) => speed.timesRealTime));
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const record = `${JSON.stringify({ starterTimesRealTime, ...thisProcessor() })}\n`;
    await replaceFile(recordFile(dataFolder), record, 0o644);
  } catch {
    // Said above.
  }
}

/** Times real time; `null` where it was never measured, or on another processor. */
export async function recallStarterSpeed(dataFolder: string): Promise<number | null> {
  try {
    const record = speedRecord.parse(JSON.parse(await readFile(recordFile(dataFolder), 'utf8')));
    const here = thisProcessor();
    const same = record.processor === here.processor && record.cores === here.cores;
    return same ? record.starterTimesRealTime : null;
  } catch {
    // Absent or damaged: not measured.
    return null;
  }
}

function recordFile(dataFolder: string): string {
  return path.join(dataFolder, 'benchmark.json');
}

/** A data folder may travel to another machine, whose speed is another. */
function thisProcessor(): { processor: string; cores: number } {
  return { processor: os.cpus()[0]?.model.trim() ?? 'unknown', cores: os.availableParallelism() };
}
