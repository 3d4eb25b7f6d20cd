import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page.tsx';
import { LoadingState } from '../../components/states.tsx';

export function DiagnosticsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.diagnostics')}>
      <LoadingState />
    </Page>
  );
}
