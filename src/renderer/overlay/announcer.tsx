import { useTranslation } from 'react-i18next';
import type { Announcement } from './overlay-store.ts';

/** Reads finals out, each once; what may still change is not for a screen reader. */
export function Announcer({ announcements }: { readonly announcements: readonly Announcement[] }) {
  const { t } = useTranslation();
  return (
    <div role="log" aria-live="polite" aria-label={t('overlay.log')} className="sr-only">
      {announcements.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
