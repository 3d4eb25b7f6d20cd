import type { FinalMessage } from '../../../src/core/protocol/server-messages.ts';
import type { Scenario } from './scenario.ts';
import type { Outcome } from './world.ts';

/** What must hold of every run, whatever went wrong on the way. @returns one sentence for each complaint. */
export function generalComplaints(outcome: Outcome): string[] {
  const complaints: string[] = [];
  if (!outcome.terminated) complaints.push('The client never came to an end.');
  if (outcome.leakedTimers > 0) complaints.push(`${outcome.leakedTimers} timers were left behind.`);
  if (outcome.refusedFrames > 0) complaints.push(`${outcome.refusedFrames} frames were refused.`);
  for (const event of outcome.events) {
    if (event.type === 'violation') complaints.push(`Violation: ${event.message}`);
  }
  let speaking = false;
  for (const event of outcome.events) {
    if (event.type !== 'speech_started' && event.type !== 'speech_ended') continue;
    if (speaking === (event.type === 'speech_started')) complaints.push(`${event.type} came out of turn.`);
    speaking = event.type === 'speech_started';
  }
  const { finals } = outcome;
  finals.forEach((final, index) => {
    const last = finals[index - 1];
    if (!last) return;
    if (final.segment_id <= last.segment_id) complaints.push(`Final ${final.segment_id} came late.`);
    if (final.start_ms < last.end_ms) {
      complaints.push(`Final ${final.segment_id} starts at ${final.start_ms}, inside its predecessor.`);
    }
  });
  return complaints;
}

/** The finals are those of a run in which nothing went wrong. */
export function differences(outcome: Outcome, undisturbed: Outcome): string[] {
  const all = (finals: readonly FinalMessage[]) =>
    finals.map((final) => JSON.stringify(withoutChances(final)));
  const heard = all(outcome.finals);
  const expected = all(undisturbed.finals);
  const at = heard.findIndex((final, index) => final !== expected[index]);
  if (at < 0 && heard.length === expected.length) return [];
  const index = at < 0 ? heard.length : at;
  return [`Final ${index} is ${heard[index]}, not ${expected[index]}.`];
}

/** `seq` counts flushed events too, and `committed_samples` may already cover silence: neither is transcript. */
function withoutChances({ seq: _seq, committed_samples: _committed, ...transcript }: FinalMessage) {
  return transcript;
}

/**
 * Every word once and in order, but for those in gaps. Audio that a server took for silence, or began with,
 * inside a word leaves two pieces of it; the scripted engine hears a piece that is at least half of the word.
 * @param length whether the transcript must go on to the last word, or was given up early.
 */
export function wordComplaints(
  outcome: Outcome,
  scenario: Scenario,
  length: 'all' | 'as far as it goes',
): string[] {
  const gaps = outcome.events.filter((event) => event.type === 'gap');
  const heard = outcome.finals.flatMap(({ text }) => text.replaceAll('.', '').split(' '));
  let next = 0;
  for (const { text, startMs, endMs } of scenario.words) {
    const found = heard[next];
    if (found === undefined && length === 'as far as it goes') return [];
    const half = text.slice(0, Math.ceil(text.length / 2));
    // Cut exactly in the middle, both pieces are heard.
    if (found === half && heard[next + 1] === text) next += 2;
    else if (found === text || found === half) next++;
    else {
      const inGap = gaps.some((gap) => startMs < gap.end_ms && endMs > gap.start_ms);
      // A flush inside the word may have left three pieces.
      const inPieces = scenario.flushesAtMs.some((atMs) => startMs < atMs && atMs < endMs);
      if (inGap || inPieces) continue;
      return [`“${text}” at ${startMs} ms was expected, “${found ?? 'the end'}” was heard.`];
    }
  }
  return next < heard.length ? [`“${heard[next]}” was heard too much.`] : [];
}
