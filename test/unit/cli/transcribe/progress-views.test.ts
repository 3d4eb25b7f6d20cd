import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { BatchProgress } from '../../../../src/cli/transcribe/batch-progress.ts';
import { ProgressBars } from '../../../../src/cli/transcribe/progress-bars.ts';
import { ProgressLines } from '../../../../src/cli/transcribe/progress-lines.ts';
import type { OutputPlan } from '../../../../src/core/batch/output-files.ts';
import { cellWidth } from '../../../../src/core/foundation/text-width.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';

const MINUTE = 60_000;

function plan(input: string): OutputPlan {
  return { input, outputs: [], progressFile: '' };
}

function setUp(...names: string[]) {
  const clock = new VirtualClock();
  const plans = names.map(plan) as [OutputPlan, ...OutputPlan[]];
  const progress = new BatchProgress(new Map(plans.map((one) => [one, 100])), clock);
  return { clock, plans, progress };
}

describe('progress in lines', () => {
  function lines(...names: string[]) {
    const set = setUp(...names);
    const written: string[] = [];
    const view = new ProgressLines(set.progress, { write: (text: string) => written.push(text) }, set.clock);
    const show = (one: OutputPlan, minutes: number, ofMinutes: number) => {
      const first = set.progress.progressed(one, { doneMs: minutes * MINUTE, share: minutes / ofMinutes });
      if (first) view.opened(one);
      else view.progressed(one);
    };
    return { ...set, view, written, show };
  }

  it('is a line at every tenth', async () => {
    const { clock, plans, show, written } = lines('talk.mp3');
    show(plans[0], 0, 100);
    for (let minutes = 4; minutes <= 24; minutes += 4) {
      await clock.advance(6_000);
      show(plans[0], minutes, 100);
    }
    expect(written).toEqual(['talk.mp3: 12 %, 40×, 2:12 left\n', 'talk.mp3: 20 %, 40×, 2:00 left\n']);
  });

  it('is not more lines than anybody reads, and some where little happens', async () => {
    const { clock, plans, show, written } = lines('talk.mp3');
    show(plans[0], 0, 100);
    for (let minutes = 1; minutes <= 100; minutes++) {
      await clock.advance(50);
      show(plans[0], minutes, 100);
    }
    expect(written).toEqual([]);
    const slow = lines('slow.mp3');
    slow.show(slow.plans[0], 0, 1000);
    for (let minutes = 1; minutes <= 3; minutes++) {
      await slow.clock.advance(50_000);
      slow.show(slow.plans[0], minutes, 1000);
    }
    expect(slow.written).toEqual(['slow.mp3: 0 %, 1.2×, 13:51:40 left\n']);
  });

  it('says from where an earlier run is gone on with', () => {
    const { plans, show, written } = lines('talk.mp3');
    show(plans[0], 40, 100);
    expect(written).toEqual(['talk.mp3: going on at 40 %\n']);
  });
});

describe('progress on a terminal', () => {
  const open: ProgressBars[] = [];
  afterEach(() => {
    for (const view of open.splice(0)) view.end();
  });

  function bars(columns: number, ...names: string[]) {
    const set = setUp(...names);
    const terminal = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns });
    const view = new ProgressBars(set.progress, terminal as never);
    open.push(view);
    const written = () => String(terminal.read() ?? '');
    return { ...set, view, written };
  }

  /** What a terminal shows of it: every piece between two movements of the cursor. */
  function pieces(text: string): string[] {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
    return text.split(/\u001b\[[\d;?]*[A-Za-z]|\r|\n/u).filter((piece) => piece.trim() !== '');
  }

  it('has a bar for all where there are several recordings, and one for each that is being done', () => {
    const { plans, progress, view, written } = bars(80, 'one.mp3', 'two.mp3');
    progress.progressed(plans[0], { doneMs: 30 * MINUTE, share: 0.5 });
    view.opened(plans[0]);
    view.note('something that stays');
    const shown = pieces(written());
    expect(shown[0]).toBe('something that stays');
    expect(shown[1]).toMatch(/^0 of 2 done ━+╌+ {2}25 %/u);
    expect(shown[2]).toMatch(/^one\.mp3 +━+╌+ {2}50 %/u);
    expect(shown).toHaveLength(3);
  });

  it('has no bar for all where there is one recording', () => {
    const { plans, view, written } = bars(80, 'one.mp3');
    view.opened(plans[0]);
    view.note('stays');
    expect(pieces(written())).toEqual(['stays', expect.stringMatching(/^one\.mp3 ╌+ +0 %/u)]);
  });

  it.each([20, 50, 80])('keeps to %i columns', (columns) => {
    const { plans, view, written } = bars(
      columns,
      'a name that is much longer than there is room for.mp3',
      'b.mp3',
    );
    view.opened(plans[0]);
    view.opened(plans[1] as OutputPlan);
    view.note('x');
    for (const piece of pieces(written())) expect(cellWidth(piece)).toBeLessThan(columns);
  });

  it('takes the bars away at the end and shows the cursor again', () => {
    const { plans, view, written } = bars(80, 'one.mp3');
    view.opened(plans[0]);
    view.end();
    view.end();
    expect(written().endsWith('\u001b[?25h\u001b[1G\u001b[0J')).toBe(true);
    view.note('afterwards');
    expect(written()).toBe('afterwards\n');
  });
});
