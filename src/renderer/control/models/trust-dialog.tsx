import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/text-input.tsx';

/** As the store takes it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

export interface TrustDialogProps {
  readonly file: string;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onTrust: (name: string) => void;
}

/** Asks for the user’s word for a file that is not in the catalogue, and for its name. */
export function TrustDialog({ file, busy, onClose, onTrust }: TrustDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(() => nameFrom(file));
  const [tried, setTried] = useState(false);
  const isValid = NAME.test(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (isValid) onTrust(name);
  };
  return (
    <Dialog open onClose={onClose} title={t('models.trustTitle')} description={t('models.trustWarning')}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t('models.trustName')}
          hint={t('models.trustHint')}
          error={tried && !isValid ? t('models.nameInvalid') : null}
        >
          {(control) => (
            <TextInput
              {...control}
              autoFocus
              spellCheck={false}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="primary" busy={busy}>
            {t('models.trust')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** `/home/me/ggml-court.en.bin` → `court.en`; nothing of an upload, whose reference says nothing. */
function nameFrom(file: string): string {
  if (file.startsWith('upload:')) return '';
  const base = file.split(/[/\\]/u).at(-1) ?? '';
  return base
    .replace(/\.(bin|gguf)$/u, '')
    .replace(/^ggml-/u, '')
    .replace(/[^A-Za-z0-9._-]/gu, '-')
    .slice(0, 64);
}
