import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../components/banner.tsx';
import { useSettings } from './control-context.ts';

/** Says what is wrong with the settings file: until that is mended, choices of the user may not hold. */
export function SettingsBanner() {
  const { t } = useTranslation();
  const words = useSettings((state) => state.warnings).join('\n');
  const [seen, setSeen] = useState('');
  if (words === '' || words === seen) return null;
  return (
    <div className="px-4 pt-4">
      <Banner tone="warning" title={t('problems.settingsFile')} onDismiss={() => setSeen(words)}>
        <span className="whitespace-pre-line">{words}</span>
      </Banner>
    </div>
  );
}
