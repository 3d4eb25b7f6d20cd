import { HardDrive, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeBytes } from '../../../core/models/byte-words.ts';
import type { StoredModel } from '../../../core/models/store.ts';
import type { ModelsView } from '../../../ipc/views.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { List, ListRow } from '../../components/list.tsx';
import type { ModelActions } from './model-actions.ts';
import { languageWords, qualityWords } from './model-words.ts';

export interface InstalledModelsProps {
  readonly view: ModelsView;
  readonly actions: ModelActions;
}

/** What is on this machine, ready to be used. */
export function InstalledModels({ view: { installed, inUse }, actions }: InstalledModelsProps) {
  const { t } = useTranslation();
  const [removing, setRemoving] = useState<StoredModel | null>(null);
  const whole = installed.filter(({ state }) => state !== 'partial');
  return (
    <section aria-label={t('models.installed')} className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{t('models.installed')}</h2>
      <List label={t('models.installed')}>
        {whole.map((model) => (
          <InstalledRow
            key={model.name}
            model={model}
            isInUse={model.name === inUse}
            actions={actions}
            onRemove={() => setRemoving(model)}
          />
        ))}
      </List>
      <ConfirmDialog
        open={removing !== null}
        title={t('models.removeTitle', { name: removing?.name ?? '' })}
        description={t(removing?.catalogue ? 'models.removeWarning' : 'models.removeOwnWarning', {
          size: describeBytes(removing?.bytes ?? 0),
        })}
        confirmLabel={t('models.remove')}
        onCancel={() => setRemoving(null)}
        onConfirm={() => {
          if (removing) actions.remove(removing.name);
          setRemoving(null);
        }}
      />
    </section>
  );
}

interface InstalledRowProps {
  readonly model: StoredModel;
  readonly isInUse: boolean;
  readonly actions: ModelActions;
  readonly onRemove: () => void;
}

function InstalledRow({ model, isInUse, actions, onRemove }: InstalledRowProps) {
  const { t } = useTranslation();
  const { name, bytes, state, catalogue } = model;
  const details = [
    describeBytes(bytes),
    ...(catalogue ? [languageWords(catalogue, t), qualityWords(catalogue, t)] : []),
    t(`models.state.${state === 'partial' ? 'unchecked' : state}`),
  ];
  return (
    <ListRow
      leading={<HardDrive aria-hidden className="size-5" />}
      title={name}
      details={details.join(' · ')}
      trailing={
        <>
          {isInUse ? (
            <Badge tone="success">{t('models.inUse')}</Badge>
          ) : (
            <Button
              size="small"
              busy={actions.loading === name}
              disabled={actions.loading !== null && actions.loading !== name}
              aria-label={t('models.useOf', { name })}
              onClick={() => actions.use(name)}
            >
              {actions.loading === name ? t('models.loading') : t('models.use')}
            </Button>
          )}
          {state === 'bundled' || isInUse ? null : (
            <IconButton icon={Trash2} label={t('models.removeOf', { name })} onClick={onRemove} />
          )}
        </>
      }
    >
      {state === 'bundled' ? (
        <p className="max-w-prose text-sm text-ink-muted">{t('models.starter')}</p>
      ) : null}
    </ListRow>
  );
}
