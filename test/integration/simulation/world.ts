import type { ClientEvent } from '../../../src/core/client/client-events.ts';
import { createStreamingClient, type StreamingClient } from '../../../src/core/client/streaming-client.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import type { FinalMessage } from '../../../src/core/protocol/server-messages.ts';
import type { Fault } from './faults.ts';
import { type Acceptance, connectThrough, type SimulatedConnection } from './network.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { ServerHost } from './server-host.ts';

/** A stream that is not over by then has lost its way. */
const LONGEST_RUN_MS = 15 * 60_000;

/** What the user of the client saw, and what was left when it was over. */
export interface Outcome {
  readonly events: readonly ClientEvent[];
  readonly finals: readonly FinalMessage[];
  readonly error: (Error & { code?: string }) | null;
  readonly terminated: boolean;
  readonly complete: boolean;
  /** How the user ended the stream. */
  readonly ending: 'endInput' | 'close' | 'abort';
  /** While the stream was not over. */
  readonly refusedFrames: number;
  readonly unansweredFlushes: number;
  /** Timers that outlived client and server. */
  readonly leakedTimers: number;
  readonly tookMs: number;
}

/** Streams a scenario through a network on which `faults` happen, in virtual time. */
export async function simulate(
  scenario: Scenario,
  faults: readonly Fault[],
  random: Random,
  ending: Outcome['ending'] = random.pick(['endInput', 'endInput', 'endInput', 'close', 'abort']),
): Promise<Outcome> {
  return new World(scenario, faults, random, ending).run();
}

class World {
  readonly #clock = new VirtualClock();
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #pending: Fault[];
  /** How the user ends the stream. */
  readonly #ending: Outcome['ending'];
  readonly #decode: { readonly decodeMs: number; readonly realTimeFactor: number };
  #host: ServerHost;
  /** Nobody listens. */
  #down = false;
  #refusing: { untilMs: number; status: number | null } = { untilMs: 0, status: null };
  #connections: SimulatedConnection[] = [];
  #frames = 0;
  #refusedFrames = 0;
  #unansweredFlushes = 0;

  constructor(scenario: Scenario, faults: readonly Fault[], random: Random, ending: Outcome['ending']) {
    this.#scenario = scenario;
    this.#random = random;
    this.#ending = ending;
    this.#pending = faults.filter((fault) => 'beforeFrame' in fault);
    this.#decode = {
      decodeMs: random.whole(5, 150),
      // Now and then a machine that can hardly keep up.
      realTimeFactor: random.chance(0.1) ? random.between(0.3, 0.9) : 0.02,
    };
    this.#host = new ServerHost(this.#clock, this.#decode);
    for (const fault of faults) {
      if ('atMs' in fault) this.#clock.setTimer(fault.atMs, () => this.#strike(fault));
    }
  }

  async run(): Promise<Outcome> {
    const client = createStreamingClient({
      url: 'ws://simulated',
      sessionId: 'simulated',
      config: this.#scenario.config,
      clock: this.#clock,
      random: () => this.#random.next(),
      maxRetries: this.#random.pick([10, 40]),
      maxQueuedMs: 300_000,
      checkInvariants: true,
      connect: connectThrough(this.#clock, {
        latencyMs: () => this.#random.between(1, 40),
        opened: (connection) => this.#connections.push(connection),
        sent: (connection) => this.#sent(connection),
        accept: (connection) => this.#accept(connection),
      }),
    });
    const events: ClientEvent[] = [];
    let error: Error | null = null;
    let over = false;
    const patience = this.#random.chance(0.2) ? 800 : 0;
    const read = (async () => {
      try {
        for await (const event of client) {
          events.push(event);
          if (patience > 0) await this.#sleep(this.#random.between(0, patience));
        }
      } catch (thrown) {
        error = thrown as Error;
      }
      over = true;
    })();
    if (this.#ending === 'abort') {
      this.#clock.setTimer(this.#random.between(0, this.#scenario.durationMs), () => client.abort());
    }
    const spoken = this.#random.chance(0.8) ? this.#speak(client) : this.#pour(client);
    while (!over && this.#clock.now() < LONGEST_RUN_MS && (await this.#clock.step()));
    const tookMs = this.#clock.now();
    if (!over) client.abort();
    // Servers that are down come back, and everyone notices what there is to notice.
    await this.#clock.advance(120_000);
    await Promise.all([read, spoken]);
    this.#host.service.shutdown();
    await this.#clock.advance(60_000);
    const closed = events.at(-1);
    return {
      events,
      finals: events.filter((event) => event.type === 'final'),
      error,
      terminated: over && tookMs < LONGEST_RUN_MS,
      complete: closed?.type === 'connection' && closed.state === 'closed' && closed.complete,
      ending: this.#ending,
      refusedFrames: this.#refusedFrames,
      unansweredFlushes: this.#unansweredFlushes,
      leakedTimers: this.#clock.pendingTimers,
      tookMs,
    };
  }

  /**
   * Live audio: in frames of any length, and now and then the program was busy with something else, but never
   * for so long that the server takes missing audio for silence (1 s).
   */
  async #speak(client: StreamingClient): Promise<void> {
    let sentMs = 0;
    const { durationMs } = this.#scenario;
    const beganMs = this.#clock.now();
    while (sentMs < durationMs && client.state !== 'over') {
      const frameMs = this.#random.pick([10, 20, 100, this.#random.whole(1, 500)]);
      const toMs = Math.min(durationMs, sentMs + frameMs);
      await this.#sleep(Math.max(0, beganMs + toMs - this.#clock.now()));
      if (this.#random.chance(0.002)) await this.#sleep(this.#random.between(0, 400));
      this.#push(client, sentMs, toMs);
      sentMs = toMs;
    }
    await this.#end(client);
  }

  /** A file: as fast as it is taken. */
  async #pour(client: StreamingClient): Promise<void> {
    let sentMs = 0;
    const { durationMs } = this.#scenario;
    while (sentMs < durationMs && client.state !== 'over') {
      const toMs = Math.min(durationMs, sentMs + this.#random.whole(100, 5_000));
      this.#push(client, sentMs, toMs);
      sentMs = toMs;
      await client.drained();
    }
    await this.#end(client);
  }

  async #end(client: StreamingClient): Promise<void> {
    if (this.#random.chance(0.3)) await this.#sleep(this.#random.between(0, 3_000));
    if (this.#ending === 'close') await client.close();
    else client.endInput();
    if (this.#random.chance(0.3)) client.endInput();
  }

  /** Pushes [fromMs, toMs), with a flush wherever the scenario has one. */
  #push(client: StreamingClient, fromMs: number, toMs: number): void {
    const { audio, bytesPerMs, flushesAtMs } = this.#scenario;
    let at = fromMs;
    const pushTo = (untilMs: number) => {
      if (untilMs <= at) return;
      const taken = client.pushFrame(audio.subarray(at * bytesPerMs, untilMs * bytesPerMs));
      if (!taken && client.state !== 'over') this.#refusedFrames++;
      at = untilMs;
    };
    for (const flushMs of flushesAtMs) {
      if (flushMs <= fromMs || flushMs > toMs) continue;
      pushTo(flushMs);
      void client.flush().then((answered) => {
        if (!answered) this.#unansweredFlushes++;
      });
    }
    pushTo(toMs);
  }

  #accept(connection: SimulatedConnection): Acceptance {
    if (this.#down) return { kind: 'unreachable' };
    const { untilMs, status } = this.#refusing;
    if (this.#clock.now() < untilMs) {
      return status === null ? { kind: 'unreachable' } : { kind: 'refused', status };
    }
    return {
      kind: 'served',
      handler: this.#host.service.acceptNative(connection.serverEnd, 'simulated'),
    };
  }

  #sent(_connection: SimulatedConnection): void {
    const frame = this.#frames++;
    const due = this.#pending.filter((fault) => 'beforeFrame' in fault && fault.beforeFrame === frame);
    // Not from within the sender's own call.
    for (const fault of due) this.#clock.setTimer(0, () => this.#strike(fault));
  }

  #strike(fault: Fault): void {
    const newest = this.#connections.at(-1);
    switch (fault.kind) {
      case 'cut':
        newest?.cut(fault.clientNoticesAfterMs, fault.serverNoticesAfterMs);
        return;
      case 'freeze':
        newest?.freeze(fault.direction, fault.durationMs);
        return;
      case 'refuse':
        this.#refusing = { untilMs: this.#clock.now() + fault.durationMs, status: fault.status };
        return;
      case 'restart':
        this.#restart(fault.graceful, fault.downMs);
        return;
    }
  }

  #restart(graceful: boolean, downMs: number): void {
    if (this.#down) return;
    this.#down = true;
    if (graceful) this.#host.service.shutdown();
    // A graceful process lives long enough for its last words to leave.
    this.#clock.setTimer(graceful ? 200 : 0, () => {
      this.#host.die();
      for (const connection of this.#connections) connection.serverDied(this.#random.between(0, 300));
      this.#connections = [];
      this.#clock.setTimer(downMs, () => {
        this.#host = new ServerHost(this.#clock, this.#decode);
        this.#down = false;
      });
    });
  }

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(durationMs, resolve);
    });
  }
}
