import { Gauge } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../../core/models/catalogue.ts';
import type { AvailableModel, ModelsView } from '../../../ipc/views.ts';
import { Button } from '../../components/button.tsx';
import { List } from '../../components/list.tsx';
import { useBridge, useFailureToast } from '../control-context.ts';
import { AvailableRow } from './available-row.tsx';
import type { ModelActions } from './model-actions.ts';

export interface AvailableModelsProps {
  readonly view: ModelsView;
  readonly actions: ModelActions;
  /** Asks for the view again. */
  readonly onMeasured: () => void;
}

/** What can be downloaded: what suits this machine first, the rest when asked for. */
export function AvailableModels({ view, actions, onMeasured }: AvailableModelsProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const offered = view.available.filter(({ installed }) => !installed);
  const isBusy = ({ name }: AvailableModel): boolean =>
    view.downloads.some((download) => download.name === name) ||
    view.installed.some((model) => model.name === name && model.state === 'partial');
  const plain = offered.filter(
    (model) => all || model.recommended || isBusy(model) || model.quantization === 'f16',
  );
  const first = (model: AvailableModel): number => (isBusy(model) ? 2 : model.recommended ? 1 : 0);
  const shown = [...plain].sort((a, b) => first(b) - first(a));
  const isMeasured = view.available.some(({ timesRealTime }) => timesRealTime !== null);
  // Speeds are reckoned from the demo's, so it must be the one that runs.
  const canMeasure = !isMeasured && view.inUse === STARTER_MODEL;
  if (offered.length === 0) return null;
  return (
    <section aria-label={t('models.available')} className="flex flex-col gap-3">
      <div>
        <h2 className="text-lg font-semibold">{t('models.available')}</h2>
        <p className="max-w-prose text-base text-ink-muted">
          {t(isMeasured ? 'models.estimates' : canMeasure ? 'models.notMeasured' : 'models.unknownSpeed')}
        </p>
      </div>
      {canMeasure ? <Measure onMeasured={onMeasured} /> : null}
      <List label={t('models.available')}>
        {shown.map((model) => (
          <AvailableRow
            key={model.name}
            model={model}
            download={view.downloads.find(({ name }) => name === model.name) ?? null}
            part={
              view.installed.find(({ name, state }) => name === model.name && state === 'partial') ?? null
            }
            actions={actions}
          />
        ))}
      </List>
      {all || shown.length === offered.length ? null : (
        <Button tone="quiet" className="self-center" onClick={() => setAll(true)}>
          {t('models.showAll', { count: offered.length - shown.length })}
        </Button>
      )}
    </section>
  );
}

/** The diagnostics time the engine, and keep how fast it was. */
function Measure({ onMeasured }: Pick<AvailableModelsProps, 'onMeasured'>) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const [busy, setBusy] = useState(false);
  const measure = (): void => {
    setBusy(true);
    bridge
      .call('diagnostics.run')
      .then(onMeasured, tell)
      .finally(() => setBusy(false));
  };
  return (
    <Button icon={Gauge} className="self-start" busy={busy} onClick={measure}>
      {busy ? t('models.measuring') : t('models.measure')}
    </Button>
  );
}
