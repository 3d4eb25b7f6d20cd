import { afterAll, describe, expect, it } from 'vitest';
import { type Fault, faults, type Weather } from './faults.ts';
import { Random } from './random.ts';
import { type Scenario, scenario } from './scenario.ts';
import { differences, generalComplaints, wordComplaints } from './verdict.ts';
import { type Outcome, simulate } from './world.ts';

/** One failure is run again alone with `SURTITLE_SIM_SEED=<seed>`; more of them with `SURTITLE_SIM_RUNS=<count>`. */
const SINGLE_SEED = process.env.SURTITLE_SIM_SEED;
const RUNS = Number(process.env.SURTITLE_SIM_RUNS ?? 250);
/** Recordings, and with them undisturbed runs, are shared among schedules. */
const SCENARIOS = 12;

const WEATHERS: readonly Weather[] = ['cuts', 'partitions', 'restarts'];

/** How a stream may end that saw too much of it. A network that keeps `config` for 10 s has broken the handshake. */
const ACCEPTABLE_ERRORS: Readonly<Record<Weather, readonly string[]>> = {
  cuts: ['retries_exhausted'],
  partitions: ['retries_exhausted', 'config_timeout'],
  restarts: ['retries_exhausted', 'connection_failed', 'config_timeout'],
};

const undisturbedRuns = new Map<number, Promise<Outcome>>();

function undisturbed(index: number, recording: Scenario): Promise<Outcome> {
  const known = undisturbedRuns.get(index);
  if (known) return known;
  const run = simulate(recording, [], new Random(index), 'endInput');
  undisturbedRuns.set(index, run);
  return run;
}

interface Run {
  readonly recording: Scenario;
  readonly schedule: readonly Fault[];
  readonly outcome: Outcome;
  readonly complaints: readonly string[];
}

async function run(weather: Weather, seed: number): Promise<Run> {
  const random = new Random(seed * 3 + WEATHERS.indexOf(weather));
  const index = random.whole(1, SCENARIOS);
  const recording = scenario(index);
  const schedule = faults(random, weather, recording.durationMs);
  const outcome = await simulate(recording, schedule, random);
  const complaints = generalComplaints(outcome);
  const { error, complete, ending, unansweredFlushes } = outcome;
  if (error && !ACCEPTABLE_ERRORS[weather].includes(error.code ?? '')) {
    complaints.push(`It failed with ${error.code}: ${error.message}`);
  }
  if (!complete && !error && ending === 'endInput') complaints.push('It ended before the transcript did.');
  if (complete && unansweredFlushes > 0) complaints.push(`${unansweredFlushes} flushes were not answered.`);
  if (complete && weather === 'cuts') {
    complaints.push(...differences(outcome, await undisturbed(index, recording)));
  }
  complaints.push(...wordComplaints(outcome, recording, complete ? 'all' : 'as far as it goes'));
  return { recording, schedule, outcome, complaints };
}

function report(weather: Weather, seed: number, { recording, schedule, outcome, complaints }: Run): string {
  const story = outcome.events.map((event) => JSON.stringify(event)).join('\n    ');
  return [
    `Seed ${seed}, ${weather}, ${recording.name}. Run it alone with SURTITLE_SIM_SEED=${seed}.`,
    ...complaints.map((complaint) => `  ✗ ${complaint}`),
    ...schedule.map((fault) => `  • ${JSON.stringify(fault)}`),
    ...(SINGLE_SEED ? [`    ${story}`] : []),
  ].join('\n');
}

describe('client and server on a network that fails', () => {
  let connections = 0;
  let runs = 0;
  afterAll(() => {
    console.info(`Simulated ${runs} streams over ${connections} connections.`);
  });

  const seeds = SINGLE_SEED ? [Number(SINGLE_SEED)] : Array.from({ length: RUNS }, (_, index) => index + 1);

  it.each<[Weather, string]>([
    ['cuts', 'lose and change nothing when connections break'],
    ['partitions', 'lose and double no word when either end learns late that the other is gone'],
    ['restarts', 'lose and double no word outside reported gaps when the server forgets everything'],
  ])('%s: %s', async (weather) => {
    const failures: string[] = [];
    for (const seed of seeds) {
      const result = await run(weather, seed);
      runs++;
      connections += result.outcome.events.filter((event) => 'ready' in event).length;
      if (result.complaints.length > 0) failures.push(report(weather, seed, result));
    }
    expect(failures.join('\n')).toBe('');
  });

  it('is the same every time for the same seed', async () => {
    const story = async () => {
      const { outcome } = await run('restarts', 7);
      // A server's secrets are really random.
      const events = JSON.stringify(outcome.events).replaceAll(/"resume_token":"[^"]*"/gu, '');
      return { events, tookMs: outcome.tookMs };
    };
    expect(await story()).toEqual(await story());
  });
});
