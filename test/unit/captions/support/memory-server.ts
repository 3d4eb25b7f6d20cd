import type { ClientSocketHandler, Connect } from '../../../../src/core/client/client-socket.ts';
import type { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import type { ServerMessage } from '../../../../src/core/protocol/server-messages.ts';
import { ready, sessionEnded } from '../../client/support/bench.ts';

/** What the server knows of a session. */
export class MemorySession {
  readonly audio: Uint8Array[] = [];
  readonly flushes: unknown[] = [];
  seq = 0;
  ended = false;

  get samples(): number {
    return this.audio.reduce((sum, frame) => sum + frame.length / 2, 0);
  }
}

type Outgoing = ServerMessage extends infer Message ? Message : never;

/** A server in memory that hears everything and says what the test lets it say. Each message takes 5 ms. */
export class MemoryServer {
  readonly sessions: MemorySession[] = [];
  /** While false, nobody gets through. */
  reachable = true;
  /** While false, nobody gets `ready`: its model is being loaded. */
  loaded = true;
  readonly #clock: VirtualClock;
  readonly #byId = new Map<string, MemorySession>();
  readonly #links = new Set<{ readonly session: MemorySession; say(message: Outgoing): void; cut(): void }>();
  #onLoaded: (() => void)[] = [];

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** The session that began last. */
  get session(): MemorySession {
    const session = this.sessions.at(-1);
    if (!session) throw new Error('Nobody has come.');
    return session;
  }

  /** All connections break. @param forget whether the server has forgotten its sessions afterwards. */
  cut(forget = false): void {
    for (const link of [...this.#links]) link.cut();
    if (forget) this.#byId.clear();
  }

  /** Lets the model be loaded. */
  load(): void {
    this.loaded = true;
    for (const go of this.#onLoaded.splice(0)) go();
  }

  /** Says something to the newest session; what carries a `seq` gets it. */
  say(message: Record<string, unknown> & { readonly type: string }, session = this.session): void {
    for (const link of this.#links) if (link.session === session) link.say(message as never);
  }

  final(text: string, segment: number, session = this.session): void {
    session.seq++;
    const { seq, samples } = session;
    this.say(
      {
        type: 'final',
        segment_id: segment,
        text,
        language: 'en',
        start_ms: 0,
        end_ms: Math.floor(samples / 16),
        confidence: 0.9,
        committed_samples: samples,
        seq,
      },
      session,
    );
  }

  readonly connect: Connect = ({ url }, handler) => {
    const id = new URL(url).searchParams.get('session') ?? '';
    let open = false;
    const later = (action: () => void): void => {
      this.#clock.setTimer(5, action);
    };
    const end = (code: number): void => {
      if (!open) return;
      open = false;
      this.#links.delete(link);
      later(() => handler.closed(code, ''));
    };
    const link = {
      session: new MemorySession(),
      say: (message: Outgoing) => later(() => handler.message(JSON.stringify(message))),
      cut: () => end(1006),
    };
    later(() => {
      if (!this.reachable) {
        handler.closed(1006, '');
        return;
      }
      open = true;
      this.#links.add(link);
      handler.opened();
    });
    return {
      send: (data) => later(() => open && this.#receive(data, id, link, end, handler)),
      close: () => {
        open = false;
        this.#links.delete(link);
      },
      drop: () => {
        open = false;
        this.#links.delete(link);
      },
    };
  };

  #receive(
    data: string | Uint8Array,
    id: string,
    link: { session: MemorySession; say(message: Outgoing): void },
    end: (code: number) => void,
    _handler: ClientSocketHandler,
  ): void {
    if (typeof data !== 'string') {
      link.session.audio.push(data);
      return;
    }
    const message = JSON.parse(data) as Record<string, unknown> & { readonly type: string };
    switch (message.type) {
      case 'config': {
        const known = this.#byId.get(id);
        const answer = (): void => {
          if (known) {
            link.session = known;
            link.say(ready({ resumed: true, next_sample: known.samples, last_seq: known.seq }));
            return;
          }
          this.#byId.set(id, link.session);
          this.sessions.push(link.session);
          link.say(ready({ next_sample: Number(message.start_sample ?? 0) }));
        };
        if (this.loaded) answer();
        else this.#onLoaded.push(answer);
        return;
      }
      case 'flush':
        link.session.flushes.push(message.id);
        link.say({ type: 'flushed', id: message.id as string, seq: ++link.session.seq });
        return;
      case 'keepalive': {
        const { samples } = link.session;
        link.say({ type: 'ack', received_samples: samples, committed_samples: samples });
        return;
      }
      case 'end_of_stream':
        link.session.ended = true;
        link.say(sessionEnded(++link.session.seq));
        end(1000);
        return;
      default:
        return;
    }
  }
}
