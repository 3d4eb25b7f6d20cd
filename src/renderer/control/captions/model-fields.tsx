import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../../../core/foundation/errors.ts';
import type { ModelsView } from '../../../ipc/views.ts';
import { Field } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useSetting } from '../control-context.ts';
import { allLanguages, languageName } from '../languages.ts';
import { useModels } from '../use-models.ts';
import { goTo } from '../use-route.ts';

/** No model is called so. */
const MORE = ' ';

/** Quick choice among the models that are there. */
export function ModelField() {
  const { t } = useTranslation();
  const bridge = useBridge();
  const { answer } = useModels();
  const [language, writeLanguage] = useSetting('captions.language');
  const [fallback] = useSetting('captions.model');
  const [changingTo, setChangingTo] = useState<string | null>(null);
  const show = useToasts((state) => state.show);
  const models = answer.state === 'there' ? answer.value : null;
  const inUse = models?.inUse ?? fallback;
  const names = usableModels(models, inUse);
  const choose = async (name: string): Promise<void> => {
    if (name === MORE) {
      goTo('models');
      return;
    }
    setChangingTo(name);
    try {
      // A model that only hears English would refuse any other language.
      if (models && isEnglishOnly(models, name) && language !== 'en') await writeLanguage('auto');
      await bridge.call('models.use', { name });
    } catch (error) {
      show({ text: t('captions.modelFailed', { message: describeError(error) }), tone: 'danger' });
    } finally {
      setChangingTo(null);
    }
  };
  return (
    <Field label={t('captions.model')}>
      {(control) => (
        <Select
          {...control}
          value={changingTo ?? inUse}
          disabled={changingTo !== null}
          options={[
            ...names.map((name) => ({
              value: name,
              label: name === changingTo ? t('captions.modelLoading', { name }) : name,
            })),
            { value: MORE, label: t('captions.modelMore') },
          ]}
          onChoose={(name) => void choose(name)}
        />
      )}
    </Field>
  );
}

/** The language that is spoken, as far as the model knows others than English. */
export function LanguageField() {
  const { t } = useTranslation();
  const { answer } = useModels();
  const [language, write] = useSetting('captions.language');
  const models = answer.state === 'there' ? answer.value : null;
  const isFixed = models !== null && isEnglishOnly(models, models.inUse) && ['auto', 'en'].includes(language);
  const options = allLanguages().map(({ code, name }) => ({ value: code, label: name }));
  const isKnown = language === 'auto' || options.some(({ value }) => value === language);
  return (
    <Field label={t('captions.language')}>
      {(control) =>
        isFixed ? (
          <Select
            {...control}
            disabled
            value="en"
            options={[{ value: 'en', label: languageName('en') }]}
            onChoose={() => {}}
          />
        ) : (
          <Select
            {...control}
            value={language}
            options={[
              { value: 'auto', label: t('captions.languageAuto') },
              ...(isKnown ? [] : [{ value: language, label: languageName(language) }]),
              ...options,
            ]}
            onChoose={(next) => void write(next)}
          />
        )
      }
    </Field>
  );
}

function usableModels(models: ModelsView | null, inUse: string): readonly string[] {
  const names = (models?.installed ?? []).filter(({ state }) => state !== 'partial').map(({ name }) => name);
  return names.includes(inUse) ? names : [inUse, ...names];
}

/** By its catalogue entry, else by the ending that all Whisper models for English have. */
function isEnglishOnly(models: ModelsView, name: string): boolean {
  const known = models.installed.find((model) => model.name === name)?.catalogue?.languages;
  return known ? known === 'en' : /\.en(-|$)/u.test(name);
}
