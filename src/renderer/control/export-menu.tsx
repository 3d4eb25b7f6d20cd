import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ExportedFile } from '../../ipc/views.ts';
import { Button } from '../components/button.tsx';
import { Menu, MenuItem } from '../components/menu.tsx';
import { useToasts } from '../components/toast-store.ts';
import { useBridge, useFailureToast } from './control-context.ts';

const FORMATS = ['srt', 'vtt', 'txt', 'md', 'json'] as const;
export type ExportFormat = (typeof FORMATS)[number];

export interface ExportMenuProps {
  readonly exportAs: (format: ExportFormat) => Promise<ExportedFile>;
  readonly size?: 'small' | 'medium';
  /** Read aloud with the button: what is exported. */
  readonly what: string;
}

/** Saves a transcript as a file of the format that is chosen. */
export function ExportMenu({ exportAs, size = 'medium', what }: ExportMenuProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const show = useToasts((state) => state.show);
  const save = async (format: ExportFormat): Promise<void> => {
    try {
      const { fileName, text } = await exportAs(format);
      const saved = await bridge.saveText(fileName, text);
      if (saved !== null) show({ text: t('exports.saved', { name: saved }), tone: 'success' });
    } catch (error) {
      tell(error);
    }
  };
  return (
    <Menu
      trigger={
        <Button size={size} icon={Download} aria-label={t('exports.exportOf', { what })}>
          {t('exports.export')}
        </Button>
      }
    >
      {FORMATS.map((format) => (
        <MenuItem key={format} onSelect={() => void save(format)}>
          {t(`exports.${format}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}
