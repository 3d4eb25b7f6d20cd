import { BookA } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { List } from '../../components/list.tsx';
import { Card, Page } from '../../components/page.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useSetting } from '../control-context.ts';
import { AddTerms } from '../vocabulary/add-terms.tsx';
import { problemOf, withTerms } from '../vocabulary/term-list.ts';
import { TermRow } from '../vocabulary/term-row.tsx';

/** Names and terms that the recogniser is told before it listens. */
export function VocabularyPage() {
  const { t } = useTranslation();
  const [terms, setTerms] = useSetting('vocabulary.terms');
  const show = useToasts((state) => state.show);
  const remove = (term: string): void => {
    void setTerms(terms.filter((other) => other !== term));
    show({
      text: t('vocabulary.removed', { term }),
      action: { label: t('common.undo'), run: () => void setTerms(terms) },
    });
  };
  const change = (term: string, next: string): void => {
    const others = terms.filter((other) => other !== term);
    const changed =
      withTerms(others, [next]).length === others.length
        ? others
        : terms.map((other) => (other === term ? next : other));
    if (problemOf(changed)) show({ text: t('vocabulary.noRoom'), tone: 'danger' });
    else void setTerms(changed);
  };
  return (
    <Page title={t('nav.vocabulary')} description={t('vocabulary.description')}>
      <Card>
        <AddTerms terms={terms} onAdd={(next) => void setTerms(next)} />
      </Card>
      {terms.length === 0 ? (
        <EmptyState icon={BookA} title={t('vocabulary.emptyTitle')}>
          {t('vocabulary.empty')}
        </EmptyState>
      ) : (
        <section aria-label={t('vocabulary.terms')} className="flex flex-col gap-3">
          <h2 className="text-lg font-semibold">{t('vocabulary.count', { count: terms.length })}</h2>
          <List label={t('vocabulary.terms')}>
            {terms.map((term) => (
              <TermRow
                key={term}
                term={term}
                onChange={(next) => change(term, next)}
                onRemove={() => remove(term)}
              />
            ))}
          </List>
        </section>
      )}
    </Page>
  );
}
