import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { dataFolder } from '../../src/app/data-folder.ts';
import { samplesFolder } from '../../src/app/installation.ts';
import { type ResolvedModel, resolveModel, STARTER_MODEL } from '../../src/app/model-resolution.ts';
import { openWavFile } from '../../src/cli/audio/audio-input.ts';
import { parseEventLog } from '../../src/cli/measures/event-log.ts';
import { readSamples, type Sample } from '../../src/cli/measures/samples.ts';
import { startEngine } from '../../src/core/engine/start-engine.ts';
import { systemClock } from '../../src/core/foundation/clock.ts';
import { silentLogger } from '../../src/core/foundation/logger.ts';
import { wordErrorRate } from '../../src/core/transcript/word-error-rate.ts';
import { captionRows, type StreamedSample } from './measures/captions.ts';
import { measureIdle, measureInvention, measureMemory, measureStreams } from './measures/load.ts';
import { measureOffline } from './measures/offline.ts';
import { measureTranscription } from './measures/transcription.ts';
import { measureUploads } from './measures/uploads.ts';
import { play } from './play.ts';
import { canReadProcesses, systemLoad } from './process-usage.ts';
import { formatTable, type Measured, type Row, writeResults } from './results.ts';
import { ServerUnderTest } from './server-under-test.ts';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const SECTIONS = [
  'start',
  'files',
  'captions',
  'offline',
  'invention',
  'uploads',
  'idle',
  'streams',
  'memory',
] as const;
type Section = (typeof SECTIONS)[number];
const STARTS = 3;

interface BenchOptions {
  readonly only?: readonly Section[];
  readonly samples: string;
  readonly model: string;
  readonly memoryRounds: string;
  readonly fileRounds: string;
  readonly fileMinutes: string;
  readonly log?: string;
  readonly sample: string;
  readonly out: string;
}

/** Measures, prints one table and writes the results. @param args the command line's. */
export async function bench(args: readonly string[]): Promise<void> {
  const options = parse(args);
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const machine = describeMachine(canReadProcesses() ? systemLoad() : null);
  const rows = options.log === undefined ? await measureAll(options) : measureLog(options, options.log);
  const complete: Row[] = rows.map((row) => ({ ...row, command, model: options.model, machine }));
  process.stdout.write(`\n${options.model} on ${machine}\n\n${formatTable(complete)}\n`);
  writeResults(path.resolve(repository, options.out), complete);
  process.stdout.write(`\nWritten to ${options.out}\n`);
}

function parse(args: readonly string[]): BenchOptions {
  return new Command('npm run bench --')
    .description('measure what docs/benchmarks names, print a table and write it to a file')
    .option('--only <sections...>', `only these: ${SECTIONS.join(', ')}`)
    .option('--samples <folder>', 'clips with manifest.tsv and words.tsv', samplesFolder)
    .option('--model <name|path>', 'as for surtitle serve', STARTER_MODEL)
    .option('--memory-rounds <number>', 'talks streamed for the memory slope', '8')
    .option('--file-rounds <number>', 'times every file is transcribed', '3')
    .option('--file-minutes <number>', 'length of the longest file', '10')
    .option('--log <file>', 'measure an event log that was recorded from any server, instead of running one')
    .option('--sample <name>', 'the sample that was streamed for --log', 'talk.wav')
    .option('--out <file>', 'where the results go', 'bench/results.json')
    .parse([...args], { from: 'user' })
    .opts<BenchOptions>();
}

function measureLog(options: BenchOptions, file: string): Measured[] {
  const sample = readSamples(options.samples).find(({ name }) => name === options.sample);
  if (!sample) throw new Error(`${options.samples} has no ${options.sample} in its manifest.`);
  return captionRows(
    [{ sample, log: parseEventLog(readFileSync(file, 'utf8')) }],
    `${file} (${sample.name})`,
  );
}

async function measureAll(options: BenchOptions): Promise<Measured[]> {
  const wanted = (section: Section): boolean => options.only?.includes(section) ?? true;
  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const samples = readSamples(options.samples).filter(
    ({ file, transcript }) => existsSync(file) && isSpeech(transcript),
  );
  const talk = readSamples(samplesFolder).find(({ name }) => name === 'talk.wav') as Sample;
  const name = `${samples.length} clips of ${path.relative(repository, options.samples) || options.samples}`;
  const model = resolveModel(options.model, { dataFolder: dataFolder() });
  const rows: Measured[] = [];
  if (wanted('start')) {
    say('start: from the process to being ready');
    rows.push(await measureStart(model));
  }
  if (wanted('files')) {
    const rounds = Number(options.fileRounds);
    rows.push(
      ...(await measureTranscription({
        model: model.path,
        rounds,
        minutes: Number(options.fileMinutes),
        say,
      })),
    );
  }
  // A server that nobody needs would only take memory from what was measured.
  if (options.only?.every((section) => section === 'start' || section === 'files')) return rows;

  const server = await ServerUnderTest.start(repository, model.path);
  try {
    let streaming: readonly Measured[] = [];
    if (wanted('captions')) {
      const seconds = samples.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
      say(`captions: ${samples.length} clips at the pace of speech, ${seconds.toFixed(0)} s`);
      streaming = captionRows(await streamAll(server, samples), name);
    }
    if (wanted('offline')) {
      say('offline: the same clips in one go');
      streaming = [...judgeStreaming(streaming, await offlineRows(model, samples, name))];
    }
    rows.push(...streaming);
    if (wanted('invention')) {
      say('invention: sounds in which nobody speaks');
      rows.push(...(await measureInvention(server)));
    }
    if (wanted('uploads')) {
      say('uploads: what recordings cost someone who is being captioned');
      rows.push(...(await measureUploads(server, talk)));
    }
    if (!canReadProcesses()) say('idle, streams and memory need /proc: left out');
    else {
      if (wanted('idle')) {
        say('idle: a session in which nobody speaks');
        rows.push(...(await measureIdle(server)));
      }
      if (wanted('streams')) {
        say('streams: more and more at once, until captions are late');
        rows.push(...(await measureStreams(server, talk)));
      }
      if (wanted('memory')) {
        say('memory: one talk after the other');
        rows.push(...(await measureMemory(server, talk, Number(options.memoryRounds))));
      }
    }
  } finally {
    await server.stop();
  }
  return rows;
}

async function measureStart(model: ResolvedModel): Promise<Measured> {
  const times: number[] = [];
  for (let run = 0; run < STARTS; run++) {
    const server = await ServerUnderTest.start(repository, model.path);
    times.push(server.startMs);
    await server.stop();
  }
  const bestMs = Math.min(...times);
  return {
    measure: 'Start',
    value: bestMs / 1000,
    unit: 's',
    goal: '≤ 1 s on the starter model',
    met: bestMs <= 1000,
    sample: `best of ${STARTS}`,
    note: `all: ${times.map((ms) => (ms / 1000).toFixed(2)).join(', ')} s`,
  };
}

async function streamAll(server: ServerUnderTest, samples: readonly Sample[]): Promise<StreamedSample[]> {
  const streamed: StreamedSample[] = [];
  for (const sample of samples) {
    const { log } = await play(server, await openWavFile(sample.file), 'real-time');
    streamed.push({ sample, log });
  }
  return streamed;
}

interface OfflineRows {
  readonly rows: readonly Measured[];
  readonly errorRate: number;
}

async function offlineRows(
  model: ResolvedModel,
  samples: readonly Sample[],
  name: string,
): Promise<OfflineRows> {
  const engine = await startEngine({
    modelPath: model.path,
    modelName: model.name,
    threads: 1,
    clock: systemClock,
    logger: silentLogger,
  });
  try {
    const { errors, rows } = await measureOffline(engine, samples, name);
    return { rows, errorRate: wordErrorRate(errors) * 100 };
  } finally {
    await engine.close();
  }
}

/** Streaming may cost at most a point over decoding the whole at once. */
function judgeStreaming(streaming: readonly Measured[], offline: OfflineRows): Measured[] {
  const judged = streaming.map((row) =>
    row.measure === 'WER, streaming'
      ? { ...row, goal: '≤ offline + 1 point', met: (row.value ?? 100) <= offline.errorRate + 1 }
      : row,
  );
  return [...judged, ...offline.rows];
}

/** Clips of silence and noise have the word for it, or nothing, in their transcript column. */
function isSpeech(transcript: string): boolean {
  return transcript.trim() !== '';
}

/** @param loadAtStart how busy other programs kept the machine, `null` where that is unknown. */
function describeMachine(loadAtStart: string | null): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const load = loadAtStart === null ? '' : `, load ${loadAtStart} before`;
  return `${cpu}, ${os.availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}${load}`;
}
