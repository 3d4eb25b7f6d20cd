import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page.tsx';
import { LoadingState } from '../../components/states.tsx';

export function HistoryPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.history')}>
      <LoadingState />
    </Page>
  );
}
