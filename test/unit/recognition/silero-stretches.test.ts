import { expect, test } from 'vitest';
import { judgeStretches } from '../../../src/core/recognition/silero-stretches.ts';
import { VOICE_ACTIVITY_WINDOW } from '../../../src/core/recognition/voice-activity.ts';

test('others in the process have their turn while a long recording is judged', async () => {
  const windows = 400;
  let judged = 0;
  const judgedAtTurns: number[] = [];
  let over = false;
  const takeTurns = () => {
    judgedAtTurns.push(judged);
    if (!over) setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  const noise = Float32Array.from({ length: windows * VOICE_ACTIVITY_WINDOW }, (_, n) => (n % 7) / 10);
  await judgeStretches([noise], async (_input, { rows }) => {
    judged++;
    return new Float32Array(rows);
  });
  over = true;
  expect(judged).toBe(windows);
  const waits = judgedAtTurns.map((count, turn) => count - (judgedAtTurns[turn - 1] ?? 0));
  expect(Math.max(...waits)).toBeLessThanOrEqual(16);
});
