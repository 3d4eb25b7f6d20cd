import { Check, Pencil, Trash2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LONGEST_TERM } from '../../../core/settings/settings-schema.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { ListRow } from '../../components/list.tsx';
import { TextInput } from '../../components/text-input.tsx';

export interface TermRowProps {
  readonly term: string;
  readonly onChange: (term: string) => void;
  readonly onRemove: () => void;
}

/** A term; edited in its place. */
export function TermRow({ term, onChange, onRemove }: TermRowProps) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  if (text === null) {
    return (
      <ListRow
        title={<span className="font-normal">{term}</span>}
        trailing={
          <span className="-my-1 flex">
            <IconButton
              icon={Pencil}
              label={t('vocabulary.editOf', { term })}
              onClick={() => setText(term)}
            />
            <IconButton icon={Trash2} label={t('vocabulary.removeOf', { term })} onClick={onRemove} />
          </span>
        }
      />
    );
  }
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const next = text.replace(/[,;\s]+/gu, ' ').trim();
    if (next !== '' && next !== term) onChange(next);
    setText(null);
  };
  return (
    <ListRow
      title={
        <form onSubmit={save} className="-my-1 flex items-center gap-1">
          <TextInput
            aria-label={t('vocabulary.term')}
            autoFocus
            maxLength={LONGEST_TERM}
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={({ key }) => key === 'Escape' && setText(null)}
          />
          <IconButton icon={Check} type="submit" label={t('common.save')} />
          <IconButton icon={X} label={t('common.cancel')} onClick={() => setText(null)} />
        </form>
      }
    />
  );
}
