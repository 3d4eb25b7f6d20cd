import { useTranslation } from 'react-i18next';
import type { CaptionAppearance } from '../../../appearance/caption-appearance.ts';
import { readabilityOf } from '../../../appearance/caption-style.ts';
import { lowestReadableOpacity } from '../../../appearance/contrast.ts';
import { Banner } from '../../../components/banner.tsx';
import { Button } from '../../../components/button.tsx';
import { useSetting } from '../../control-context.ts';

/** Says whether captions can be read over anything, and mends it with one click. */
export function ContrastNote({ appearance }: { readonly appearance: CaptionAppearance }) {
  const { t } = useTranslation();
  const [, writeOpacity] = useSetting('appearance.backgroundOpacity');
  const [, writeText] = useSetting('appearance.textColor');
  const [, writeBackground] = useSetting('appearance.backgroundColor');
  const { contrast, readable } = readabilityOf(appearance);
  // Never told higher than it is: 4.46 is not 4.5.
  const ratio = (Math.floor(contrast * 10) / 10).toFixed(1);
  if (readable) return <p className="text-sm text-ink-muted">{t('appearance.contrast', { ratio })}</p>;
  const { textColor, backgroundColor, backgroundOpacity } = appearance;
  const opacity = lowestReadableOpacity(textColor, backgroundColor);
  const whiteOnBlack = async (): Promise<void> => {
    await writeText('#ffffff');
    await writeBackground('#000000');
    const lowest = lowestReadableOpacity('#ffffff', '#000000') ?? 1;
    if (backgroundOpacity < lowest) await writeOpacity(lowest);
  };
  return (
    <Banner
      tone="warning"
      title={t('appearance.lowContrastTitle')}
      actions={
        opacity === null ? (
          <Button onClick={() => void whiteOnBlack()}>{t('appearance.fixColors')}</Button>
        ) : (
          <Button onClick={() => void writeOpacity(opacity)}>
            {t('appearance.fixOpacity', { percent: Math.round(opacity * 100) })}
          </Button>
        )
      }
    >
      {t('appearance.lowContrast', { ratio })}
    </Banner>
  );
}
