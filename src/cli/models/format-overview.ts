import { STARTER_NOTICE } from '../../app/model-resolution.ts';
import type { ModelOverview } from '../../app/models/model-overview.ts';
import { describeBytes } from '../../core/models/byte-words.ts';
import { STARTER_MODEL, SUGGESTED_MODEL } from '../../core/models/catalogue.ts';
import type { Suitability } from '../../core/models/recommendation.ts';
import type { StoredModel } from '../../core/models/store.ts';
import type { AvailableModel } from '../../ipc/views.ts';
import type { Colors } from '../terminal/caption-view.ts';
import { wrap } from '../terminal/cell-width.ts';
import { type Column, layOutTable, type Row } from './model-table.ts';

const STATE_WORDS: Readonly<Record<StoredModel['state'], string>> = {
  bundled: 'only a demo',
  verified: 'verified',
  trusted: 'trusted by you',
  unchecked: 'not checked',
  partial: 'unfinished',
};

const SUITABILITY_WORDS: Readonly<Record<Suitability, string>> = {
  live: 'live captions',
  files: 'recordings',
  too_large: 'too much memory',
};

const INSTALLED_COLUMNS: readonly Column[] = [
  { title: 'installed', align: 'left', expendable: 0 },
  { title: 'size', align: 'right', expendable: 0 },
  { title: '', align: 'left', expendable: 0 },
];

const AVAILABLE_COLUMNS: readonly Column[] = [
  { title: 'to download', align: 'left', expendable: 0 },
  { title: 'size', align: 'right', expendable: 0 },
  { title: 'memory', align: 'right', expendable: 1 },
  { title: 'languages', align: 'left', expendable: 2 },
  { title: 'here', align: 'left', expendable: 0 },
];

/** The overview in lines of at most `columns` cells; quantised models only with `all`. */
export function formatOverview(
  overview: ModelOverview,
  { all, columns, colors }: { readonly all: boolean; readonly columns: number; readonly colors: Colors },
): string {
  const offered = overview.available.filter(
    ({ installed, quantization, recommended }) =>
      !installed && (all || recommended || quantization === 'f16'),
  );
  const say = (text: string): string[] => wrap(text, columns);
  const lines = [
    ...layOutTable(INSTALLED_COLUMNS, overview.installed.map(installedRow), columns, colors),
    ...adviceOnInstalled(overview.installed).flatMap(say),
    '',
    ...(offered.length > 0
      ? [...layOutTable(AVAILABLE_COLUMNS, offered.map(availableRow), columns, colors), '']
      : []),
    ...say(`Memory and speed are estimates.${all ? '' : ' --all also shows the quantised models.'}`),
    ...adviceOnNext(overview).flatMap(say),
  ];
  return `${lines.join('\n')}\n`;
}

function installedRow({ name, bytes, state, catalogue }: StoredModel): Row {
  const of = state === 'partial' && catalogue ? ` of ${describeBytes(catalogue.bytes)}` : '';
  return { cells: [name, `${describeBytes(bytes)}${of}`, STATE_WORDS[state]], marked: false };
}

function availableRow(model: AvailableModel): Row {
  return {
    cells: [
      model.name,
      describeBytes(model.bytes),
      describeBytes(model.memoryBytes),
      model.languages === 'en' ? 'English' : 'many',
      here(model),
    ],
    marked: model.recommended,
  };
}

function here({ suitability, timesRealTime }: AvailableModel): string {
  if (suitability === null) return '';
  const words = SUITABILITY_WORDS[suitability];
  if (timesRealTime === null || suitability === 'too_large') return words;
  return `${words}, ${timesRealTime.toFixed(timesRealTime < 9.95 ? 1 : 0)} ×`;
}

function adviceOnInstalled(installed: readonly StoredModel[]): string[] {
  const partial = installed.find(({ state }) => state === 'partial');
  const unchecked = installed.find(({ state, catalogue }) => state === 'unchecked' && catalogue !== null);
  const demo = onlyDemo(installed) && installed.length > 0;
  return [
    ...(demo ? [STARTER_NOTICE] : []),
    ...(partial ? [`surtitle models pull ${partial.name} goes on where the download stopped.`] : []),
    ...(unchecked ? [`surtitle models pull ${unchecked.name} checks what is there.`] : []),
  ];
}

function onlyDemo(installed: readonly StoredModel[]): boolean {
  return installed.every(({ name, state }) => name === STARTER_MODEL || state === 'partial');
}

function adviceOnNext({ installed, recommendation, machine }: ModelOverview): string[] {
  const start = `Get a real model with: surtitle models pull ${recommendation?.english ?? SUGGESTED_MODEL}`;
  if (machine.starterTimesRealTime === null) {
    return [
      'What suits this machine: surtitle models list --benchmark',
      ...(onlyDemo(installed) ? [start] : []),
    ];
  }
  if (recommendation === null) {
    return ['This machine is slow for live captions. tiny.en is the quickest: surtitle models pull tiny.en'];
  }
  const { english, multilingual } = recommendation;
  const sentence =
    english === multilingual
      ? `★ For live captions here: ${english}.`
      : `★ For live captions here: ${english} for English, ${multilingual} for other languages.`;
  return [sentence, ...(onlyDemo(installed) ? [start] : [])];
}
