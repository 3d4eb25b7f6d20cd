import { Ellipsis, RotateCcw, X } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SETTINGS } from '../../../core/settings/settings-schema.ts';
import type { ShortcutAction, ShortcutView } from '../../../ipc/views.ts';
import type { DesktopBridge } from '../../bridge/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { KeyCombination } from '../../components/key-combination.tsx';
import { keyNames } from '../../components/key-names.ts';
import { List, ListRow } from '../../components/list.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useAppInfo } from '../app-info.ts';
import { useBridge, useFailureToast, useSettings } from '../control-context.ts';
import { Recorder } from '../shortcuts/recorder.tsx';
import { useAnswer } from '../use-answer.ts';

/** Keys that work whatever window is in front. The desktop app’s only. */
export function ShortcutsPage() {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  return (
    <Page title={t('nav.shortcuts')} description={t('shortcuts.description')}>
      {desktop ? <Shortcuts desktop={desktop} /> : null}
    </Page>
  );
}

function Shortcuts({ desktop }: { readonly desktop: DesktopBridge }) {
  const { t } = useTranslation();
  const { answer, again, put } = useAnswer(useCallback(() => desktop.call('shortcuts.read'), [desktop]));
  const platform = useAppInfo()?.platform ?? '';
  const write = useSettings((state) => state.write);
  const tell = useFailureToast();
  const [recording, setRecording] = useState<ShortcutAction | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    desktop.on('shortcuts.changed', put, gone.signal);
    return () => gone.abort();
  }, [desktop, put]);
  if (answer.state === 'loading') return <LoadingState />;
  if (answer.state === 'failed') {
    return <ErrorState title={t('problems.settings')} message={answer.message} onRetry={again} />;
  }
  const save = (action: ShortcutAction, accelerator: string | null): void => {
    setRecording(null);
    void write(`shortcuts.${action}`, accelerator).catch(tell);
  };
  return (
    <>
      <List label={t('shortcuts.list')}>
        {answer.value.map((view) => (
          <ShortcutRow
            key={view.action}
            view={view}
            platform={platform}
            onRecord={() => setRecording(view.action)}
            onSave={(accelerator) => save(view.action, accelerator)}
          />
        ))}
      </List>
      {recording ? (
        <Recorder
          action={recording}
          desktop={desktop}
          platform={platform}
          onSave={(accelerator) => save(recording, accelerator)}
          onClose={() => setRecording(null)}
        />
      ) : null}
    </>
  );
}

interface ShortcutRowProps {
  readonly view: ShortcutView;
  readonly platform: string;
  readonly onRecord: () => void;
  readonly onSave: (accelerator: string | null) => void;
}

function ShortcutRow({ view, platform, onRecord, onSave }: ShortcutRowProps) {
  const { t } = useTranslation();
  const action = t(`shortcuts.actions.${view.action}`);
  const standard = SETTINGS[`shortcuts.${view.action}`].default;
  return (
    <ListRow
      title={action}
      details={view.message}
      trailing={
        <>
          {view.state === 'conflict' ? <Badge tone="warning">{t('shortcuts.conflict')}</Badge> : null}
          {view.state === 'unsupported' ? <Badge tone="warning">{t('shortcuts.unsupported')}</Badge> : null}
          {view.accelerator ? (
            <KeyCombination accelerator={view.accelerator} platform={platform} />
          ) : (
            <span className="text-ink-muted">{t('shortcuts.none')}</span>
          )}
          <Button size="small" aria-label={t('shortcuts.changeOf', { action })} onClick={onRecord}>
            {t('shortcuts.change')}
          </Button>
          <Menu trigger={<IconButton icon={Ellipsis} label={t('shortcuts.moreOf', { action })} />}>
            <MenuItem icon={X} disabled={view.accelerator === null} onSelect={() => onSave(null)}>
              {t('shortcuts.remove')}
            </MenuItem>
            {standard ? (
              <MenuItem
                icon={RotateCcw}
                disabled={view.accelerator === standard}
                onSelect={() => onSave(standard)}
              >
                {t('shortcuts.reset', { keys: keyNames(standard, platform).join(' + ') })}
              </MenuItem>
            ) : null}
          </Menu>
        </>
      }
    />
  );
}
