import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page.tsx';
import { LoadingState } from '../../components/states.tsx';

export function AboutPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.about')}>
      <LoadingState />
    </Page>
  );
}
