import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../../../core/foundation/errors.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/text-input.tsx';
import { useBridge } from '../control-context.ts';

const LONGEST_TITLE = 200;

export interface RenameFormProps {
  readonly id: string;
  readonly title: string;
  readonly onDone: () => void;
}

/** The title as a field. Enter saves, Escape leaves it as it was. */
export function RenameForm({ id, title, onDone }: RenameFormProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const [text, setText] = useState(title);
  const [error, setError] = useState<string | null>(null);
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === '') {
      setError(t('history.titleMissing'));
      return;
    }
    try {
      if (text.trim() !== title) await bridge.call('history.rename', { id, title: text.trim() });
      onDone();
    } catch (cause) {
      setError(describeError(cause));
    }
  };
  const leave = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') onDone();
  };
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-wrap items-end gap-2">
      <Field label={t('history.titleLabel')} error={error} className="flex-1 basis-64">
        {(control) => (
          <TextInput
            {...control}
            autoFocus
            maxLength={LONGEST_TITLE}
            value={text}
            onFocus={({ target }) => target.select()}
            onKeyDown={leave}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <Button onClick={onDone}>{t('common.cancel')}</Button>
      <Button type="submit" tone="primary">
        {t('common.save')}
      </Button>
    </form>
  );
}
