import pc from 'picocolors';
import type { Colors } from './caption-view.ts';

/** Colours for a stream: only on a terminal, and never where `NO_COLOR` is set (https://no-color.org). */
export function colorsFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Colors {
  return pc.createColors(stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb');
}
