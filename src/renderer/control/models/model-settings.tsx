import { FolderOpen } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { definitionOf } from '../../../core/settings/settings-schema.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Section } from '../../components/page.tsx';
import { TextInput } from '../../components/text-input.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast, useSetting } from '../control-context.ts';

/** Where models come from and where they lie. */
export function ModelSettings({ folder }: { readonly folder: string }) {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  const tell = useFailureToast();
  return (
    <Section title={t('models.places')}>
      <Mirror />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium">{t('models.stored')}</p>
          <p className="text-sm text-ink-muted wrap-anywhere">{folder}</p>
        </div>
        {desktop ? (
          <Button
            icon={FolderOpen}
            onClick={() => void desktop.call('shell.openFolder', { folder: 'models' }).catch(tell)}
          >
            {t('models.openFolder')}
          </Button>
        ) : null}
      </div>
    </Section>
  );
}

function Mirror() {
  const { t } = useTranslation();
  const [mirror, setMirror] = useSetting('models.mirror');
  const [text, setText] = useState(mirror ?? '');
  const [isWrong, setWrong] = useState(false);
  const show = useToasts((state) => state.show);
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const next = text.trim() === '' ? null : text.trim();
    const isValid = definitionOf('models.mirror').schema.safeParse(next).success;
    setWrong(!isValid);
    if (!isValid) return;
    await setMirror(next);
    show({ text: t('common.saved'), tone: 'success' });
  };
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-wrap items-end gap-2">
      <Field
        label={t('models.mirror')}
        hint={t('models.mirrorHint')}
        error={isWrong ? t('models.mirrorInvalid') : null}
        className="flex-1 basis-64"
      >
        {(control) => (
          <TextInput
            {...control}
            inputMode="url"
            spellCheck={false}
            autoComplete="off"
            placeholder={t('models.mirrorPlaceholder')}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <Button type="submit" disabled={text.trim() === (mirror ?? '')}>
        {t('common.save')}
      </Button>
    </form>
  );
}
