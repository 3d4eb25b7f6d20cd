import {
  BookA,
  Captions,
  FileAudio,
  History,
  Info,
  Keyboard,
  type LucideIcon,
  Package,
  Palette,
  Server,
  Stethoscope,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { PageId } from './page-ids.ts';
import { AboutPage } from './pages/about-page.tsx';
import { AppearancePage } from './pages/appearance-page.tsx';
import { CaptionsPage } from './pages/captions-page.tsx';
import { DiagnosticsPage } from './pages/diagnostics-page.tsx';
import { FilesPage } from './pages/files-page.tsx';
import { HistoryPage } from './pages/history-page.tsx';
import { ModelsPage } from './pages/models-page.tsx';
import { ServerPage } from './pages/server-page.tsx';
import { ShortcutsPage } from './pages/shortcuts-page.tsx';
import { VocabularyPage } from './pages/vocabulary-page.tsx';

export interface ControlPage {
  readonly icon: LucideIcon;
  readonly component: ComponentType;
  /** Where there is no desktop, there are no global shortcuts. */
  readonly desktopOnly: boolean;
}

/** Every page of the control window. A page’s title is `nav.ID` in the texts. */
export const PAGES: Readonly<Record<PageId, ControlPage>> = {
  captions: { icon: Captions, component: CaptionsPage, desktopOnly: false },
  files: { icon: FileAudio, component: FilesPage, desktopOnly: false },
  history: { icon: History, component: HistoryPage, desktopOnly: false },
  models: { icon: Package, component: ModelsPage, desktopOnly: false },
  appearance: { icon: Palette, component: AppearancePage, desktopOnly: false },
  vocabulary: { icon: BookA, component: VocabularyPage, desktopOnly: false },
  shortcuts: { icon: Keyboard, component: ShortcutsPage, desktopOnly: true },
  server: { icon: Server, component: ServerPage, desktopOnly: false },
  diagnostics: { icon: Stethoscope, component: DiagnosticsPage, desktopOnly: false },
  about: { icon: Info, component: AboutPage, desktopOnly: false },
};
