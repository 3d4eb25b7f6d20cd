import { Ellipsis } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { classes } from '../components/classes.ts';
import { Menu, MenuItem } from '../components/menu.tsx';
import { Tooltip } from '../components/tooltip.tsx';
import type { PageId } from './page-ids.ts';
import { PAGES } from './pages.ts';
import { routeHash } from './route.ts';
import { goTo } from './use-route.ts';

interface NavigationProps {
  readonly pages: readonly PageId[];
  readonly current: PageId;
}

/** At the side: with words, or where there is less room, icons only. */
export function SideNavigation({ pages, current }: NavigationProps) {
  const { t } = useTranslation();
  return (
    <nav
      aria-label={t('nav.label')}
      className="hidden shrink-0 overflow-y-auto border-e border-line p-2 sm:block lg:w-52 lg:p-3"
    >
      <ul className="flex flex-col gap-0.5">
        {pages.map((id) => {
          const { icon: Icon } = PAGES[id];
          return (
            <li key={id}>
              <Tooltip text={t(`nav.${id}`)}>
                <a
                  href={routeHash(id)}
                  aria-current={id === current ? 'page' : undefined}
                  className={classes(
                    'flex h-10 items-center gap-3 rounded-md px-2.5 text-base transition-colors',
                    id === current
                      ? 'bg-accent-soft font-medium text-accent'
                      : 'text-ink-muted hover:bg-hover hover:text-ink',
                  )}
                >
                  <Icon aria-hidden className="size-5 shrink-0" />
                  <span className="sr-only lg:not-sr-only">{t(`nav.${id}`)}</span>
                </a>
              </Tooltip>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** What fits on a phone’s lower edge; the rest is behind "More". */
const BAR_PAGES = 4;

export function BottomNavigation({ pages, current }: NavigationProps) {
  const { t } = useTranslation();
  const rest = pages.slice(BAR_PAGES);
  const item = (active: boolean): string =>
    classes(
      'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs',
      active ? 'font-medium text-accent' : 'text-ink-muted',
    );
  return (
    <nav
      aria-label={t('nav.label')}
      className="shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <ul className="grid grid-cols-5">
        {pages.slice(0, BAR_PAGES).map((id) => {
          const { icon: Icon } = PAGES[id];
          return (
            <li key={id}>
              <a
                href={routeHash(id)}
                aria-current={id === current ? 'page' : undefined}
                className={item(id === current)}
              >
                <Icon aria-hidden className="size-5" />
                {t(`nav.${id}`)}
              </a>
            </li>
          );
        })}
        <li>
          <Menu
            trigger={
              <button type="button" aria-label={t('nav.more')} className={item(rest.includes(current))}>
                <Ellipsis aria-hidden className="size-5" />
                {t('nav.moreShort')}
              </button>
            }
          >
            {rest.map((id) => (
              <MenuItem key={id} icon={PAGES[id].icon} onSelect={() => goTo(id)}>
                {t(`nav.${id}`)}
              </MenuItem>
            ))}
          </Menu>
        </li>
      </ul>
    </nav>
  );
}
