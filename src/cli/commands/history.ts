import { fileNameOf } from '../../app/history/export-name.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { exportTranscript } from '../../core/transcript/exports/export-transcript.ts';
import type { History, HistorySession } from '../../core/transcript/history.ts';
import { EXIT } from '../exit-codes.ts';
import { confirm } from '../history/confirm.ts';
import { planExport, writeExport } from '../history/export-files.ts';
import type { HistoryRequest } from '../history/history-request.ts';
import { entryJson, matchJson } from '../history/json-output.ts';
import { matchText } from '../history/match-view.ts';
import { sessionTable } from '../history/session-table.ts';
import { showSession } from '../history/session-view.ts';
import { userHistory } from '../history/user-history.ts';
import { loadSettings } from '../settings/user-settings.ts';
import { colorsFor } from '../terminal/colors.ts';

type Request<Action extends HistoryRequest['action']> = Extract<HistoryRequest, { action: Action }>;

/** On a screen; a program gets everything. */
const DEFAULT_LIMIT = 20;
const DEFAULT_COLUMNS = 80;

/** Lists, shows, searches, renames, exports or deletes what is kept of live sessions. */
export async function history(request: HistoryRequest): Promise<number> {
  const sessions = userHistory(note);
  const { values, trusted } = await loadSettings(note);
  const retentionDays = values['history.retentionDays'];
  // Settings that may not be the user's delete nothing.
  if (trusted && retentionDays !== null) await sessions.applyRetention(retentionDays);
  switch (request.action) {
    case 'list':
      return list(sessions, request, values['history.enabled']);
    case 'show':
      return show(sessions, request);
    case 'search':
      return search(sessions, request);
    case 'rename': {
      const { id, title } = await sessions.rename(request.id, request.title);
      print(`${id} is called ${title} now.`);
      return EXIT.ok;
    }
    case 'export':
      return exportSession(sessions, request);
    case 'rm':
      return remove(sessions, request);
  }
}

async function list(sessions: History, { json, limit }: Request<'list'>, enabled: boolean): Promise<number> {
  if (json) {
    print(JSON.stringify((await sessions.list(limit)).map(entryJson), null, 2));
    return EXIT.ok;
  }
  const entries = await sessions.list(limit ?? DEFAULT_LIMIT);
  if (entries.length === 0) {
    note(
      enabled
        ? 'Nothing is kept yet. `surtitle stream` keeps its captions here.'
        : 'Nothing is kept, and history is off. `surtitle settings set history.enabled true` turns it on.',
    );
    return EXIT.ok;
  }
  process.stdout.write(sessionTable(entries, process.stdout.columns, colorsFor(process.stdout)));
  const others = (await sessions.count()) - entries.length;
  if (others > 0) note(`and ${others} older; --limit shows more.`);
  return EXIT.ok;
}

async function show(sessions: History, { id, json }: Request<'show'>): Promise<number> {
  const session = await readWhole(sessions, id);
  if (json) process.stdout.write(exportTranscript(session.transcript, 'json'));
  else showSession(session, process.stdout, colorsFor(process.stdout));
  return EXIT.ok;
}

async function search(sessions: History, { terms, json, limit }: Request<'search'>): Promise<number> {
  const most = limit ?? (json ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  const { columns = DEFAULT_COLUMNS } = process.stdout;
  const colors = colorsFor(process.stdout);
  let found = 0;
  for await (const match of sessions.search(terms)) {
    if (found === most) {
      note('and more; --limit shows them.');
      break;
    }
    if (json) print(JSON.stringify(matchJson(match)));
    else process.stdout.write(`${found === 0 ? '' : '\n'}${matchText(match, columns, colors)}`);
    found++;
  }
  if (found === 0) note('Nothing was found. Fewer words, or parts of them, find more.');
  return EXIT.ok;
}

async function exportSession(sessions: History, request: Request<'export'>): Promise<number> {
  // A wrong option is told before anything is read.
  planExport(request, '');
  const { entry, transcript } = await readWhole(sessions, request.id);
  const plan = planExport(request, fileNameOf(entry.title, entry.id));
  const [format] = plan.formats;
  if (plan.files.length === 0 && format !== undefined)
    process.stdout.write(exportTranscript(transcript, format));
  await writeExport(transcript, plan, request.force);
  for (const file of plan.files) note(`Wrote ${file}`);
  return EXIT.ok;
}

async function remove(sessions: History, { ids, all, yes }: Request<'rm'>): Promise<number> {
  if (all === ids.length > 0) {
    throw new SurtitleError(
      'usage',
      all ? 'Give ids or --all, not both.' : 'Give the id of a session, or --all.',
    );
  }
  if (!all) {
    // All are looked up before the first is gone: last means the same for each, and a wrong one stops it.
    const resolved = await Promise.all(ids.map((id) => sessions.resolve(id)));
    for (const id of new Set(resolved)) print(`Deleted ${await sessions.delete(id)}`);
    return EXIT.ok;
  }
  const count = await sessions.count();
  if (count === 0) {
    note('There is nothing to delete.');
    return EXIT.ok;
  }
  const what = count === 1 ? 'the one session there is' : `all ${count} sessions`;
  if (!yes && !process.stdin.isTTY) {
    throw new SurtitleError('usage', `This would delete ${what} for good. Add --yes to do it.`);
  }
  if (!yes && !(await confirm(`Delete ${what}, for good?`))) {
    note('Nothing was deleted.');
    return EXIT.ok;
  }
  const deleted = await sessions.eraseAll();
  print(`Deleted ${deleted} ${deleted === 1 ? 'session' : 'sessions'}`);
  return EXIT.ok;
}

async function readWhole(sessions: History, id: string): Promise<HistorySession> {
  const session = await sessions.read(id);
  const { damagedLines } = session;
  if (damagedLines > 0) {
    note(
      `${damagedLines} ${damagedLines === 1 ? 'line' : 'lines'} of this session cannot be read and are missing.`,
    );
  }
  return session;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
