import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bridge } from '../bridge/types.ts';
import { Page } from '../components/page.tsx';
import { ErrorState, LoadingState } from '../components/states.tsx';
import { Toasts } from '../components/toasts.tsx';
import { TooltipProvider } from '../components/tooltip.tsx';
import { ControlContext, useBridge, useSettings } from './control-context.ts';
import { LinkBanner, TokenEntry, useLinkState } from './link-banner.tsx';
import { BottomNavigation, SideNavigation } from './navigation.tsx';
import { PageBoundary } from './page-boundary.tsx';
import { isPageId, PAGE_IDS } from './page-ids.ts';
import { PAGES } from './pages.ts';
import { SettingsBanner } from './settings-banner.tsx';
import type { CaptionsStore } from './stores/captions-store.ts';
import type { SettingsStore } from './stores/settings-store.ts';
import { useFirstRealModel } from './use-first-real-model.ts';
import { goTo, useRoute } from './use-route.ts';

export interface ControlWindowProps {
  readonly bridge: Bridge;
  readonly settings: SettingsStore;
  readonly captions: CaptionsStore;
}

/** The window in which everything is seen to; the page `/` of a browser. */
export function ControlWindow({ bridge, settings, captions }: ControlWindowProps) {
  const context = useMemo(() => ({ bridge, settings, captions }), [bridge, settings, captions]);
  return (
    <ControlContext value={context}>
      <TooltipProvider delayDuration={500}>
        <Shell />
        <Toasts />
      </TooltipProvider>
    </ControlContext>
  );
}

function Shell() {
  const bridge = useBridge();
  const link = useLinkState();
  const theme = useSettings((state) => state.values?.['appearance.theme'] ?? 'system');
  const load = useSettings((state) => state.load);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  // Also when the program was away: it may be another one, with other settings.
  useEffect(() => {
    if (link === 'open') void load();
  }, [link, load]);
  useEffect(() => {
    const gone = new AbortController();
    bridge.desktop?.on('control.show', ({ page }) => isPageId(page) && goTo(page), gone.signal);
    return () => gone.abort();
  }, [bridge]);
  if (link === 'unauthorized') return <TokenEntry />;
  return <Pages link={link} />;
}

function Pages({ link }: { readonly link: ReturnType<typeof useLinkState> }) {
  const { t } = useTranslation();
  const { shell } = useBridge();
  const { page: wanted } = useRoute();
  const ready = useSettings((state) => state.values !== null);
  const error = useSettings((state) => state.error);
  const load = useSettings((state) => state.load);
  const pages = PAGE_IDS.filter((id) => shell === 'desktop' || !PAGES[id].desktopOnly);
  const page = pages.includes(wanted) ? wanted : 'captions';
  useEffect(() => {
    document.title = `${t(`nav.${page}`)} – ${t('common.appName')}`;
  }, [page, t]);
  useFocusOnPage(page);
  useFirstRealModel();
  const { component: Content } = PAGES[page];
  return (
    <div className="flex h-dvh flex-col bg-canvas text-base text-ink">
      <button
        type="button"
        onClick={() => document.getElementById('page-title')?.focus()}
        className="sr-only rounded-md bg-raised px-4 py-2 focus:not-sr-only focus:absolute focus:start-2 focus:top-2 focus:z-50"
      >
        {t('nav.skip')}
      </button>
      <LinkBanner link={link} />
      <div className="flex min-h-0 flex-1">
        <SideNavigation pages={pages} current={page} />
        <main className="min-w-0 flex-1 overflow-y-auto">
          <SettingsBanner />
          {ready ? (
            <PageBoundary key={page}>
              <Content />
            </PageBoundary>
          ) : error ? (
            <Page title={t(`nav.${page}`)}>
              <ErrorState title={t('problems.settings')} message={error} onRetry={() => void load()} />
            </Page>
          ) : (
            <LoadingState label={link === 'connecting' ? t('link.connecting') : t('common.loading')} />
          )}
        </main>
      </div>
      <BottomNavigation pages={pages} current={page} />
    </div>
  );
}

/** Whoever chose another page begins to read it at its heading; the first page takes no focus. */
function useFocusOnPage(page: string): void {
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    document.getElementById('page-title')?.focus();
  }, [page]);
}
