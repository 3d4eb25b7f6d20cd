import { Plus } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LONGEST_TERM, LONGEST_VOCABULARY } from '../../../core/settings/settings-schema.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { TextArea } from '../../components/text-input.tsx';
import { lengthOf, problemOf, termsIn, withTerms } from './term-list.ts';

export interface AddTermsProps {
  readonly terms: readonly string[];
  readonly onAdd: (terms: readonly string[]) => void;
}

/** Takes one term, or many that are pasted. Enter adds; Shift and Enter begin a line. */
export function AddTerms({ terms, onAdd }: AddTermsProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const typed = termsIn(text);
  const next = withTerms(terms, typed);
  const problem = problemOf(next);
  const isKnown = typed.length > 0 && next.length === terms.length;
  const error = (): string | null => {
    if (problem?.kind === 'term_too_long') {
      return t('vocabulary.tooLong', { term: `${problem.term.slice(0, 30)}…`, most: LONGEST_TERM });
    }
    if (problem) return t('vocabulary.tooMany', { over: problem.characters - LONGEST_VOCABULARY });
    return isKnown ? t('vocabulary.known') : null;
  };
  const add = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault();
    if (problem || next.length === terms.length) return;
    onAdd(next);
    setText('');
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) add(event);
  };
  return (
    <form onSubmit={add} className="flex flex-col gap-3">
      <Field label={t('vocabulary.add')} hint={t('vocabulary.addHint')} error={error()}>
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            spellCheck={false}
            placeholder={t('vocabulary.placeholder')}
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={onKey}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-ink-muted tabular-nums">
          {t('vocabulary.length', {
            used: lengthOf(next).toLocaleString('en'),
            most: LONGEST_VOCABULARY.toLocaleString('en'),
          })}
        </p>
        <Button
          type="submit"
          tone="primary"
          icon={Plus}
          disabled={problem !== null || next.length === terms.length}
        >
          {typed.length > 1
            ? t('vocabulary.addMany', { count: next.length - terms.length })
            : t('vocabulary.addOne')}
        </Button>
      </div>
    </form>
  );
}
