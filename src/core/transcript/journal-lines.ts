import { z } from 'zod';
import { JOURNAL_VERSION } from './journal-files.ts';

/** The lines of a journal, as docs/history.md describes them. */

/** Times are whole milliseconds from the start of the session's audio. */
const timeMs = z.int().nonnegative();
const count = z.int().nonnegative();
const confidence = z.number().min(0).max(1);
const text = z.string().min(1);

const sessionLineSchema = z.object({
  type: z.literal('session'),
  version: z.int().positive(),
  id: z.string(),
  /** ISO 8601 in UTC. */
  started_at: z.iso.datetime(),
  /** Where the audio came from, for people: a file's name, a device. */
  source: z.string(),
  title: z.string().optional(),
  model: z.string(),
  /** What the recogniser was told: a two-letter code, or `auto`. */
  language: z.string(),
  /** Who writes: see `journal-writer-identity.ts`. */
  pid: z.int(),
  host: z.string(),
  process_start: z.string().optional(),
});

const finalLineSchema = z.object({
  type: z.literal('final'),
  text,
  start_ms: timeMs,
  end_ms: timeMs,
  language: z.string(),
  confidence,
  /** As lenient as the protocol: what a server sent and was shown must not read as damaged. */
  words: z.array(z.object({ text: z.string(), start_ms: timeMs, end_ms: timeMs, confidence })).optional(),
});

const titleLineSchema = z.object({ type: z.literal('title'), title: z.string() });

const endLineSchema = z.object({
  type: z.literal('end'),
  ended_at: z.iso.datetime(),
  /** `ended` by the writer itself; `recovered` by a later start, since the writer was gone. */
  reason: z.string(),
  segments: count,
  words: count,
  duration_ms: timeMs,
  /** The title so far, where one was given while the session ran. */
  title: z.string().optional(),
});

export type SessionLine = z.output<typeof sessionLineSchema>;
export type FinalLine = z.output<typeof finalLineSchema>;
export type TitleLine = z.output<typeof titleLineSchema>;
export type EndLine = z.output<typeof endLineSchema>;
export type JournalLine = SessionLine | FinalLine | TitleLine | EndLine;

const lineSchemas = {
  session: sessionLineSchema,
  final: finalLineSchema,
  title: titleLineSchema,
  end: endLineSchema,
} as const;

const anyLineSchema = z.looseObject({ type: z.string() });
const anySessionSchema = z.object({ version: z.int() });

/** What became of one line. */
export type ReadLine =
  | { readonly kind: 'line'; readonly line: JournalLine }
  /** A type that a later Surtitle added; it can be left out. */
  | { readonly kind: 'unknown' }
  /** The whole file is of a format that is not known here. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

/** Reads one line of a journal, without its line break. */
export function readLine(line: string): ReadLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: 'damaged' };
  }
  const any = anyLineSchema.safeParse(json);
  if (!any.success) return { kind: 'damaged' };
  const { type } = any.data;
  if (type === 'session') {
    const session = anySessionSchema.safeParse(json);
    if (session.success && session.data.version > JOURNAL_VERSION) {
      return { kind: 'newer', version: session.data.version };
    }
  }
  if (!Object.hasOwn(lineSchemas, type)) return { kind: 'unknown' };
  const known = lineSchemas[type as keyof typeof lineSchemas].safeParse(json);
  return known.success ? { kind: 'line', line: known.data } : { kind: 'damaged' };
}

/** A line as it is written, with its line break. */
export function lineOf(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}
