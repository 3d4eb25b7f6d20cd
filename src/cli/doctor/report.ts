import type { Finding, FindingStatus } from '../../app/doctor/finding.ts';
import { cellWidth } from '../../core/foundation/text-width.ts';
import type { Colors } from '../terminal/caption-view.ts';
import { wrap } from '../terminal/cell-width.ts';

const MARKS: Readonly<Record<FindingStatus, string>> = { ok: '✓', warn: '!', fail: '✗' };

/** Whether Surtitle can be used with these findings. */
export function isUsable(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== 'fail');
}

/** One finding, as lines of at most `columns` cells: what was found, and below it what to do. */
export function formatFinding(finding: Finding, colors: Colors, columns: number): string {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red }[finding.status];
  const [first = '', ...rest] = wrap(finding.summary, columns - 2);
  const lines = [`${paint(MARKS[finding.status])} ${first}`, ...rest.map((line) => `  ${line}`)];
  if (finding.advice !== undefined) {
    const arrow = '→ ';
    const indent = ' '.repeat(2 + cellWidth(arrow));
    const advice = wrap(finding.advice, columns - indent.length);
    lines.push(...advice.map((line, index) => (index === 0 ? `  ${arrow}${line}` : indent + line)));
  }
  return lines.join('\n');
}

/** The last lines: usable or not, and what to use. */
export function formatVerdict(
  findings: readonly Finding[],
  recommendation: string | null,
  colors: Colors,
  columns: number,
): string {
  const failures = findings.filter(({ status }) => status === 'fail').length;
  const verdict = isUsable(findings)
    ? colors.green('Surtitle works here.')
    : colors.red(
        `Surtitle does not work here yet: ${failures === 1 ? 'one thing needs' : `${failures} things need`} doing.`,
      );
  return [verdict, ...(recommendation === null ? [] : wrap(recommendation, columns))].join('\n');
}
