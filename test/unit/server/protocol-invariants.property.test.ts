import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodePcm } from '../../../src/core/audio/pcm.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import type {
  AckMessage,
  FinalMessage,
  PartialMessage,
  SequencedMessage,
} from '../../../src/core/protocol/server-messages.ts';
import { type Loose, type TestConnection, TestServer } from './harness.ts';

const SENTENCES = [
  'morning river garden',
  'window music paper winter',
  'summer kitchen',
  'doctor teacher market station',
];
const SENTENCE_MS = 3_000;
const SCRIPT = encodePcm(
  spellAudio(
    SENTENCES.flatMap((words, index) => spellSentence(words, { startMs: index * SENTENCE_MS + 400 })),
    { durationMs: SENTENCES.length * SENTENCE_MS },
  ),
  'pcm_s16le',
);

type Step =
  | { readonly do: 'audio'; readonly samples: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'flush'; readonly id: number }
  | { readonly do: 'keepalive'; readonly confirm: boolean }
  | { readonly do: 'cut'; readonly awayMs: number }
  | { readonly do: 'takeover' }
  | { readonly do: 'end' };

/** A client that follows the protocol, and the record of all it was told. */
class ModelClient {
  readonly server: TestServer;
  readonly events: SequencedMessage[] = [];
  readonly log: Loose[] = [];
  #connection: TestConnection | null = null;
  #seen = 0;
  #position = 0;
  #token = '';
  #ended = false;
  readonly #flushes = new Map<number, boolean>();

  constructor(server: TestServer) {
    this.server = server;
  }

  get over(): boolean {
    this.#read();
    return this.events.at(-1)?.type === 'session_ended';
  }

  /** Connects and sends the first audio: a session without any is not kept when its client is lost. */
  async begin(): Promise<void> {
    await this.connect();
    await this.take({ do: 'audio', samples: 1 });
  }

  async connect(): Promise<void> {
    this.#read();
    const config = this.#token
      ? { resume: { resume_token: this.#token, last_seq: this.events.at(-1)?.seq ?? 0 } }
      : {};
    const connection = await this.server.open(config, 'model');
    const ready = connection.one('ready');
    if (this.#token) expect(ready.resumed).toBe(true);
    this.#token = ready.resume_token as string;
    this.#connection = connection;
    this.#seen = 0;
    this.#position = ready.next_sample as number;
    for (const [id, answered] of this.#flushes) if (!answered) connection.say({ type: 'flush', id });
    if (this.#ended) connection.say({ type: 'end_of_stream' });
    this.#read();
  }

  async take(step: Step): Promise<void> {
    const connection = this.#connection as TestConnection;
    switch (step.do) {
      case 'audio': {
        if (this.#ended) return;
        const until = Math.min(this.#position + step.samples, SCRIPT.length / 2);
        if (until > this.#position) connection.audio(SCRIPT.subarray(this.#position * 2, until * 2));
        this.#position = until;
        break;
      }
      case 'wait':
        await this.server.clock.advance(step.ms);
        break;
      case 'flush':
        if (!this.#flushes.has(step.id)) this.#flushes.set(step.id, false);
        connection.say({ type: 'flush', id: step.id });
        break;
      case 'keepalive':
        this.#read();
        connection.say({
          type: 'keepalive',
          ...(step.confirm ? { last_seq: this.events.at(-1)?.seq ?? 0 } : {}),
        });
        break;
      case 'cut':
        // What arrived after the last read is lost with the connection.
        if (step.awayMs % 2 === 0) this.#read();
        connection.lose();
        await this.server.clock.advance(step.awayMs);
        await this.connect();
        break;
      case 'takeover':
        await this.connect();
        break;
      case 'end':
        this.#ended = true;
        connection.say({ type: 'end_of_stream' });
        break;
    }
    await this.server.settle();
    this.#read();
  }

  /** Sends what is left, and waits for the end. */
  async finish(): Promise<void> {
    if (!this.over) await this.take({ do: 'audio', samples: SCRIPT.length });
    if (!this.over) await this.take({ do: 'end' });
    for (let turn = 0; turn < 100 && !this.over; turn++) await this.take({ do: 'wait', ms: 2_000 });
    expect(this.over).toBe(true);
    expect([...this.#flushes.values()].every(Boolean)).toBe(true);
  }

  get sentSamples(): number {
    return this.#position;
  }

  #read(): void {
    const sent = this.#connection?.sent ?? [];
    for (const message of sent.slice(this.#seen)) {
      this.log.push(message);
      if (typeof message.seq === 'number' && message.seq > (this.events.at(-1)?.seq ?? 0)) {
        this.events.push(message as unknown as SequencedMessage);
        if (message.type === 'flushed') {
          expect(this.#flushes.get(message.id as number), 'a flush is answered once').toBe(false);
          this.#flushes.set(message.id as number, true);
        }
      }
    }
    this.#seen = sent.length;
  }
}

function checkInvariants(client: ModelClient): void {
  checkStableText(client.log);
  checkFinals(client.events.filter((event) => event.type === 'final'));
  // 3. No gaps in seq; committed never falls and never passes received.
  expect(client.events.map(({ seq }) => seq)).toEqual(client.events.map((_, index) => index + 1));
  let committed = 0;
  for (const message of client.log) {
    if (message.type !== 'ack') continue;
    const ack = message as unknown as AckMessage;
    expect(ack.committed_samples).toBeGreaterThanOrEqual(committed);
    expect(ack.committed_samples).toBeLessThanOrEqual(ack.received_samples);
    committed = ack.committed_samples;
  }
  // 4. All is accounted for at the end, and nothing follows it.
  expect(client.events.filter(({ type }) => type === 'session_ended')).toHaveLength(1);
  expect(client.log.at(-1)).toMatchObject({
    type: 'session_ended',
    reason: 'end_of_stream',
    last_seq: client.events.length,
    audio_ms: Math.floor(client.sentSamples / 16),
  });
  // Speech starts and ends in turn, and a final comes before the end of its speech.
  const speech = client.events.filter(({ type }) => type.startsWith('speech_')).map(({ type }) => type);
  expect(speech).toEqual(speech.map((_, index) => (index % 2 === 0 ? 'speech_started' : 'speech_ended')));
}

/** 1. Stable text only grows, and is a prefix of the text and of the final. */
function checkStableText(log: readonly Loose[]): void {
  const stable = new Map<number, string>();
  const finals = new Map<number, string>();
  for (const message of log) {
    if (message.type === 'partial') {
      const { segment_id, text, stable_text } = message as unknown as PartialMessage;
      expect(text.startsWith(stable_text)).toBe(true);
      expect(stable_text.startsWith(stable.get(segment_id) ?? '')).toBe(true);
      stable.set(segment_id, stable_text);
    } else if (message.type === 'final') {
      const { segment_id, text } = message as unknown as FinalMessage;
      expect(text.startsWith(stable.get(segment_id) ?? '')).toBe(true);
      finals.set(segment_id, text);
    }
  }
  for (const [segment, text] of stable) if (text !== '') expect(finals.has(segment)).toBe(true);
}

/** 2. Ids rise by one; finals are in order, do not overlap and are trimmed text. */
function checkFinals(finals: readonly FinalMessage[]): void {
  let previousEndMs = 0;
  let committed = 0;
  for (const [index, final] of finals.entries()) {
    expect(final.segment_id).toBe(index + 1);
    expect(final.text).toBe(final.text.trim());
    expect(final.text).not.toBe('');
    expect(final.start_ms).toBeGreaterThanOrEqual(previousEndMs);
    expect(final.end_ms).toBeGreaterThanOrEqual(final.start_ms);
    expect(final.committed_samples).toBeGreaterThanOrEqual(committed);
    previousEndMs = final.end_ms;
    committed = final.committed_samples;
  }
}

const audio = fc.record({ do: fc.constant('audio' as const), samples: fc.integer({ min: 1, max: 24_000 }) });
const cut = fc.record({ do: fc.constant('cut' as const), awayMs: fc.integer({ min: 0, max: 50_000 }) });
const takeover = fc.constant({ do: 'takeover' as const });
const keepalive = fc.record({ do: fc.constant('keepalive' as const), confirm: fc.boolean() });
const wait = (max: number) =>
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max }) });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: audio },
  { weight: 3, arbitrary: wait(8_000) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('flush' as const), id: fc.integer({ min: 0, max: 5 }) }),
  },
  { weight: 2, arbitrary: keepalive },
  { weight: 2, arbitrary: cut },
  { weight: 1, arbitrary: takeover },
  { weight: 1, arbitrary: fc.constant({ do: 'end' as const }) },
);

const engineSpeed = fc.record({
  realTimeFactor: fc.constantFrom(0, 0.05, 0.5, 1.5),
  decodeMs: fc.constantFrom(0, 20, 700),
});

it('keeps the protocol’s invariants whatever a client does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 5, maxLength: 40 }),
      engineSpeed,
      async (steps, scripted) => {
        const client = new ModelClient(new TestServer({ scripted }));
        await client.begin();
        for (const step of steps) {
          if (client.over) break;
          await client.take(step);
        }
        await client.finish();
        checkInvariants(client);
      },
    ),
    { numRuns: 60 },
  );
});

it('writes the same text however audio is framed and the connection is cut', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: audio },
    // Longer silence on a live connection would count as silence in the stream.
    { weight: 2, arbitrary: wait(200) },
    { weight: 2, arbitrary: keepalive },
    { weight: 2, arbitrary: cut },
    { weight: 1, arbitrary: takeover },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const client = new ModelClient(new TestServer());
      await client.begin();
      for (const each of steps) {
        await client.take(each);
        // An event loop's turn of audio keeps the stream from stalling.
        await client.take({ do: 'audio', samples: 1 });
      }
      await client.finish();
      checkInvariants(client);
      const text = client.events.flatMap((event) => (event.type === 'final' ? [event.text] : []));
      expect(text).toEqual(SENTENCES.map((words) => `${words}.`));
    }),
    { numRuns: 60 },
  );
});
