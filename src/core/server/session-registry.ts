import type { Clock, Timer } from '../foundation/clock.ts';
import type { ConfigMessage } from '../protocol/client-messages.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { RESUME_WINDOW_MS } from '../protocol/limits.ts';
import { millisecondsAt } from '../protocol/positions.ts';
import { ChangeListeners } from './change-listeners.ts';
import { createSecret, hashSecret, matchesSecret } from './secrets.ts';
import type { StreamSession } from './session.ts';
import type { SessionKeeper } from './session-dependencies.ts';

/** Detached and ended sessions kept at once, for each that may be active; beyond it the oldest goes. */
const KEPT_PER_ACTIVE = 16;

/** A place for a session that is being set up. */
export interface Reservation {
  readonly kind: 'reservation';
  readonly id: string;
  /** For the client to prove later that the session is its own. */
  readonly resumeToken: string;
  /** Puts the session in its place. Does nothing where the place was given up or taken over. */
  fulfil(session: StreamSession): void;
  /** Gives the place up. Does nothing once it was fulfilled. */
  release(): void;
}

/** A session that is there to be taken up again. */
export interface Resumption {
  readonly kind: 'resumption';
  readonly session: StreamSession;
  readonly resumeToken: string;
}

/** A session as it is shown to whom the server belongs. */
export interface SessionView {
  readonly id: string;
  /** By the registry's clock, in milliseconds. */
  readonly openedMs: number;
  readonly audioMs: number;
  /** Whether its client is there. */
  readonly attached: boolean;
  /** Whether viewers may see it. */
  readonly published: boolean;
}

interface Entry {
  readonly openedMs: number;
  readonly resumeToken: string;
  readonly tokenHash: Buffer;
  /** `null` while it is being set up. */
  session: StreamSession | null;
  /** Tells the connection that is setting it up to stop. */
  readonly onReplaced: () => void;
  expiry: Timer | null;
}

export interface RegistryOptions {
  readonly clock: Clock;
  /** Sessions that may be active at the same time. */
  readonly maxSessions: number;
  readonly resumeWindowMs?: number;
}

/**
 * The sessions of a server by their id: how many may be active, which are kept for a lost client and for
 * how long, and who may take one up again.
 */
export class SessionRegistry implements SessionKeeper {
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #resumeWindowMs: number;
  /** In the order in which they were kept last, so that the first kept one is the oldest. */
  readonly #entries = new Map<string, Entry>();
  readonly #changes = new ChangeListeners();

  constructor(options: RegistryOptions) {
    this.#clock = options.clock;
    this.#maxSessions = options.maxSessions;
    this.#resumeWindowMs = options.resumeWindowMs ?? RESUME_WINDOW_MS;
  }

  /** Sessions with a client, those being set up included. */
  get active(): number {
    return this.#count((entry) => entry.expiry === null);
  }

  /** Sessions that lost their client and wait for it. */
  get detached(): number {
    return this.#count((entry) => entry.expiry !== null && entry.session?.state !== 'ended');
  }

  /** Sessions that are over, kept for a client that missed the end. */
  get ended(): number {
    return this.#count((entry) => entry.session?.state === 'ended');
  }

  /** The sessions that are not over, in the order in which they began. */
  list(): SessionView[] {
    const views: SessionView[] = [];
    for (const { session, openedMs, expiry } of this.#entries.values()) {
      if (!session || session.state === 'ended') continue;
      const { settings, nextSample } = session;
      views.push({
        id: session.id,
        openedMs,
        audioMs: millisecondsAt(nextSample - settings.startSample, settings.format.sampleRate),
        attached: expiry === null,
        published: settings.publish,
      });
    }
    return views.sort((a, b) => a.openedMs - b.openedMs);
  }

  /** Calls `listener` after sessions came, went, lost or found their client, until `signal` fires. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#changes.add(listener, signal);
  }

  /**
   * Decides what a connection that names `id` gets: its session, or a place for a new one.
   * @param onReplaced called when a newer connection takes over the place before it was fulfilled.
   * @throws {ProtocolError} `resume_denied`, `bad_config` or `too_many_sessions`.
   */
  claim(id: string, resume: ConfigMessage['resume'], onReplaced: () => void): Reservation | Resumption {
    const entry = this.#entries.get(id);
    if (entry?.session) {
      const resumption = this.#resume(entry, entry.session, resume);
      if (resumption) return resumption;
      entry.session.displace();
      entry.session.drop();
    } else if (entry) {
      // Set up by a connection that the client has given up already: it never saw a `ready`.
      this.#remove(id, entry);
      entry.onReplaced();
    }
    return this.#reserve(id, onReplaced);
  }

  /** Resumption goes on as if the session had never been without a client. */
  taken(session: StreamSession): void {
    const entry = this.#entryOf(session);
    if (!entry || session.state === 'ended') return;
    entry.expiry?.cancel();
    entry.expiry = null;
    this.#changes.tell();
  }

  /** A session without audio holds nothing that its client could not send again, so it is not kept. */
  sessionDetached(session: StreamSession): void {
    if (!session.hasAudio) session.drop();
    else this.#keep(session);
  }

  sessionEnded(session: StreamSession): void {
    if (!session.hasAudio) session.drop();
    else this.#keep(session);
  }

  sessionDropped(session: StreamSession): void {
    const entry = this.#entryOf(session);
    if (entry) this.#remove(session.id, entry);
  }

  /** Drops every session. */
  close(): void {
    for (const { session } of [...this.#entries.values()]) session?.drop();
    this.#entries.clear();
    this.#changes.tell();
  }

  /** @returns `null` where the client must start afresh. */
  #resume(entry: Entry, session: StreamSession, resume: ConfigMessage['resume']): Resumption | null {
    // Its `ready` was lost, so the client cannot know the token, or holds that of an earlier server.
    const proven = resume !== undefined && matchesSecret(resume.resume_token, entry.tokenHash);
    if (!proven) {
      if (!session.hasAudio) return null;
      throw new ProtocolError(
        'resume_denied',
        resume
          ? 'The resume_token does not belong to this session. Start a new session with another id.'
          : 'This session id is in use. Send the session’s resume_token, or start a new session with another id.',
      );
    }
    if (resume.last_seq > session.lastSeq) {
      throw new ProtocolError(
        'bad_config',
        `config.resume.last_seq is ${resume.last_seq}, but the session has only sent events up to ${session.lastSeq}.`,
        { param: 'resume.last_seq' },
      );
    }
    if (!session.canReplayAfter(resume.last_seq)) return null;
    return { kind: 'resumption', session, resumeToken: entry.resumeToken };
  }

  #reserve(id: string, onReplaced: () => void): Reservation {
    if (this.active >= this.#maxSessions) {
      throw new ProtocolError(
        'too_many_sessions',
        `All ${this.#maxSessions} sessions of this server are in use. Try again when one has ended, or start the server with more (--max-sessions).`,
      );
    }
    const resumeToken = createSecret();
    const entry: Entry = {
      openedMs: this.#clock.now(),
      resumeToken,
      tokenHash: hashSecret(resumeToken),
      session: null,
      onReplaced,
      expiry: null,
    };
    this.#entries.set(id, entry);
    return {
      kind: 'reservation',
      id,
      resumeToken,
      fulfil: (session) => {
        if (this.#entries.get(id) !== entry) return;
        entry.session = session;
        this.#changes.tell();
      },
      release: () => {
        if (!entry.session) this.#remove(id, entry);
      },
    };
  }

  #keep(session: StreamSession): void {
    const entry = this.#entryOf(session);
    if (!entry) return;
    entry.expiry?.cancel();
    entry.expiry = this.#clock.setTimer(this.#resumeWindowMs, () => session.drop());
    // To the end: the newest of those kept.
    this.#entries.delete(session.id);
    this.#entries.set(session.id, entry);
    this.#dropOldest();
    this.#changes.tell();
  }

  #dropOldest(): void {
    const kept = [...this.#entries.values()].filter(({ expiry }) => expiry !== null);
    const excess = kept.length - this.#maxSessions * KEPT_PER_ACTIVE;
    for (const { session } of kept.slice(0, Math.max(0, excess))) session?.drop();
  }

  #entryOf(session: StreamSession): Entry | undefined {
    const entry = this.#entries.get(session.id);
    return entry?.session === session ? entry : undefined;
  }

  #remove(id: string, entry: Entry): void {
    entry.expiry?.cancel();
    entry.expiry = null;
    if (this.#entries.get(id) !== entry) return;
    this.#entries.delete(id);
    this.#changes.tell();
  }

  #count(matches: (entry: Entry) => boolean): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (matches(entry)) count++;
    return count;
  }
}
