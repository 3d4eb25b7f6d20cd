import { Search, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/icon-button.tsx';
import { TextInput } from '../../components/text-input.tsx';

const LONGEST_QUERY = 500;

export interface SearchFieldProps {
  readonly query: string;
  readonly onChange: (query: string) => void;
}

export function SearchField({ query, onChange }: SearchFieldProps) {
  const { t } = useTranslation();
  return (
    <search className="relative">
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-s-3 top-1/2 size-4 -translate-y-1/2 text-ink-muted"
      />
      <TextInput
        aria-label={t('history.search')}
        placeholder={t('history.searchHint')}
        maxLength={LONGEST_QUERY}
        value={query}
        className="ps-9 pe-11"
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && onChange('')}
      />
      {query === '' ? null : (
        <IconButton
          icon={X}
          label={t('history.clearSearch')}
          className="absolute inset-e-0 top-0"
          onClick={() => onChange('')}
        />
      )}
    </search>
  );
}
