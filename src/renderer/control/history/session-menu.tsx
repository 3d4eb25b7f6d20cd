import { Ellipsis, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '../../../core/transcript/history-entry.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { useDeleteSession } from './use-delete-session.ts';

/** What can be done with a session from the list. */
export function SessionMenu({ entry: { id, title } }: { readonly entry: HistoryEntry }) {
  const { t } = useTranslation();
  const remove = useDeleteSession();
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={t('history.moreOf', { title })} />}>
      <MenuItem icon={Trash2} tone="danger" onSelect={() => void remove(id, title)}>
        {t('history.delete')}
      </MenuItem>
    </Menu>
  );
}
