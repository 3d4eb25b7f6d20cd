import { useTranslation } from 'react-i18next';
import { Section } from '../../../components/page.tsx';
import { ChoiceField, ColorField, FontField, RangeField, SwitchField } from './setting-fields.tsx';

/** Letters of the captions. */
export function LetterSettings() {
  const { t } = useTranslation();
  const percent = (value: number): string => t('appearance.percent', { value: Math.round(value * 100) });
  return (
    <Section title={t('appearance.text')}>
      <FontField />
      <RangeField
        setting="appearance.fontSize"
        label={t('appearance.size')}
        min={14}
        max={96}
        step={1}
        words={(value) => t('appearance.pixels', { value })}
      />
      <ChoiceField
        setting="appearance.fontWeight"
        label={t('appearance.weight')}
        names={t('appearance.weights', { returnObjects: true })}
      />
      <ColorField setting="appearance.textColor" label={t('appearance.textColor')} />
      <ChoiceField
        setting="appearance.edge"
        label={t('appearance.edge')}
        names={t('appearance.edges', { returnObjects: true })}
      />
      <RangeField
        setting="appearance.letterSpacing"
        label={t('appearance.letterSpacing')}
        min={0}
        max={0.3}
        step={0.01}
        words={percent}
      />
      <RangeField
        setting="appearance.lineSpacing"
        label={t('appearance.lineSpacing')}
        min={1}
        max={2}
        step={0.05}
        words={percent}
      />
    </Section>
  );
}

/** What is behind the letters. */
export function BackgroundSettings() {
  const { t } = useTranslation();
  return (
    <Section title={t('appearance.background')}>
      <ColorField setting="appearance.backgroundColor" label={t('appearance.backgroundColor')} />
      <RangeField
        setting="appearance.backgroundOpacity"
        label={t('appearance.opacity')}
        min={0}
        max={1}
        step={0.01}
        words={(value) => t('appearance.percent', { value: Math.round(value * 100) })}
      />
    </Section>
  );
}

/** How many lines, how long, and when they go. */
export function LineSettings() {
  const { t } = useTranslation();
  return (
    <Section title={t('appearance.lines')}>
      <RangeField
        setting="appearance.lines"
        label={t('appearance.lineCount')}
        min={1}
        max={4}
        step={1}
        words={String}
      />
      <RangeField
        setting="appearance.lineCharacters"
        label={t('appearance.lineCharacters')}
        hint={t('appearance.lineCharactersHint')}
        min={16}
        max={80}
        step={1}
        words={String}
      />
      <ChoiceField
        setting="appearance.alignment"
        label={t('appearance.alignment')}
        hint={t('appearance.centerHint')}
        names={t('appearance.alignments', { returnObjects: true })}
      />
      <SwitchField
        setting="appearance.showUnstable"
        label={t('appearance.showUnstable')}
        hint={t('appearance.showUnstableHint')}
      />
      <RangeField
        setting="appearance.hideAfterSeconds"
        label={t('appearance.hideAfter')}
        hint={t('appearance.hideAfterHint')}
        min={0}
        max={60}
        step={1}
        words={(count) => (count === 0 ? t('appearance.hideNever') : t('appearance.seconds', { count }))}
      />
    </Section>
  );
}
