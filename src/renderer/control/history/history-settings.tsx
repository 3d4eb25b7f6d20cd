import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '../../../core/transcript/history-entry.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Section } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { Switch } from '../../components/switch.tsx';
import { useBridge, useFailureToast, useSetting } from '../control-context.ts';
import { EraseAll } from './erase-all.tsx';
import { countOlder, RETENTION_CHOICES } from './retention.ts';

export interface HistorySettingsProps {
  readonly entries: readonly HistoryEntry[];
  readonly folder: string;
}

/** What is kept, for how long and where; and the way to be rid of it. */
export function HistorySettings({ entries, folder }: HistorySettingsProps) {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  const tell = useFailureToast();
  const [isOn, setOn] = useSetting('history.enabled');
  return (
    <Section title={t('history.settings')}>
      <Field label={t('history.keep')} hint={t('history.keepHint')} layout="inline">
        {(control) => <Switch {...control} checked={isOn} onChange={(next) => void setOn(next)} />}
      </Field>
      <Retention entries={entries} />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium">{t('history.stored')}</p>
          <p className="text-sm text-ink-muted wrap-anywhere">{folder}</p>
        </div>
        {desktop ? (
          <Button
            icon={FolderOpen}
            onClick={() => void desktop.call('shell.openFolder', { folder: 'history' }).catch(tell)}
          >
            {t('history.openFolder')}
          </Button>
        ) : null}
      </div>
      <EraseAll count={entries.length} />
    </Section>
  );
}

function Retention({ entries }: Pick<HistorySettingsProps, 'entries'>) {
  const { t } = useTranslation();
  const [days, setDays] = useSetting('history.retentionDays');
  const [asked, setAsked] = useState<number | null>(null);
  const choices = [...new Set([null, ...RETENTION_CHOICES, days])];
  const label = (choice: number | null): string =>
    choice === null ? t('history.forever') : t('history.days', { count: choice });
  const choose = (choice: number | null): void => {
    // Only what is deleted for good is asked about.
    if (choice !== null && countOlder(entries, choice, new Date()) > 0) setAsked(choice);
    else void setDays(choice);
  };
  return (
    <>
      <Field label={t('history.retention')} hint={t('history.retentionHint')} layout="inline">
        {(control) => (
          <Select
            {...control}
            value={String(days)}
            options={choices.map((choice) => ({ value: String(choice), label: label(choice) }))}
            onChoose={(value) => choose(value === 'null' ? null : Number(value))}
          />
        )}
      </Field>
      <ConfirmDialog
        open={asked !== null}
        title={t('history.retentionTitle', { count: asked ?? 0 })}
        description={t('history.retentionWarning', { count: countOlder(entries, asked ?? 0, new Date()) })}
        confirmLabel={t('history.retentionConfirm')}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          void setDays(asked);
          setAsked(null);
        }}
      />
    </>
  );
}
