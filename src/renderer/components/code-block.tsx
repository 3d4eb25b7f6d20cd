import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button.tsx';

export interface CodeBlockProps {
  /** What it is, read aloud. */
  readonly label: string;
  readonly code: string;
  /** What is copied instead, where what is shown hides a secret. */
  readonly copied?: () => string | Promise<string>;
}

/** A few lines to be copied into a terminal or another program. */
export function CodeBlock({ label, code, copied }: CodeBlockProps) {
  const { t } = useTranslation();
  return (
    <div className="flex min-w-0 items-start gap-1 rounded-md bg-sunken ps-3 text-ink">
      {/* Wrapped rather than scrolled: whoever has only a keyboard reads all of it. */}
      <pre className="min-w-0 flex-1 py-2.5 font-mono text-sm whitespace-pre-wrap wrap-anywhere">
        <code>{code}</code>
      </pre>
      <CopyButton text={copied ?? (() => code)} label={t('common.copyThis', { what: label })} />
    </div>
  );
}
