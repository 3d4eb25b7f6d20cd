import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../../core/models/catalogue.ts';
import type { ModelsView } from '../../../ipc/views.ts';
import { Banner } from '../../components/banner.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { AvailableModels } from '../models/available-models.tsx';
import { ImportModel } from '../models/import-model.tsx';
import { InstalledModels } from '../models/installed-models.tsx';
import { useModelActions } from '../models/model-actions.ts';
import { ModelSettings } from '../models/model-settings.tsx';
import { useLive } from '../use-live.ts';

/** Speech models: what is there, what suits this machine, and downloads. */
export function ModelsPage() {
  const { t } = useTranslation();
  const { answer, again } = useLive('models.list', 'models.changed');
  return (
    <Page title={t('nav.models')} description={t('models.description')} actions={<ImportModel />}>
      {answer.state === 'loading' ? <LoadingState /> : null}
      {answer.state === 'failed' ? (
        <ErrorState title={t('models.listFailed')} message={answer.message} onRetry={again} />
      ) : null}
      {answer.state === 'there' ? <Models view={answer.value} onMeasured={again} /> : null}
    </Page>
  );
}

function Models({ view, onMeasured }: { readonly view: ModelsView; readonly onMeasured: () => void }) {
  const { t } = useTranslation();
  const actions = useModelActions();
  return (
    <>
      {view.inUse === STARTER_MODEL ? (
        <Banner tone="warning" title={t('models.demoTitle')}>
          {t('models.demo')}
        </Banner>
      ) : null}
      <InstalledModels view={view} actions={actions} />
      <AvailableModels view={view} actions={actions} onMeasured={onMeasured} />
      <ModelSettings folder={view.folder} />
    </>
  );
}
