import type { AppInfo, DiagnosticFinding } from '../../ipc/views.ts';

/** What to paste into a report of a fault: no words, no tokens, and not the user’s name in a path. */
export function diagnosticsReport(findings: readonly DiagnosticFinding[], info: AppInfo | null): string {
  const head = info
    ? [
        `Surtitle ${info.version} (${info.shell}), ${info.platform} ${info.arch}`,
        `Node ${info.node}${info.electron ? `, Electron ${info.electron}` : ''}`,
        '',
      ]
    : [];
  const lines = findings.flatMap(({ check, status, summary, advice }) => [
    `[${status}] ${check}: ${summary}`,
    ...(advice ? [`       ${advice}`] : []),
  ]);
  return `${[...head, ...lines].map(withoutHome).join('\n')}\n`;
}

/** Home folders of the three systems; the name in them is nobody’s business. */
function withoutHome(line: string): string {
  return line.replace(/(\/home\/|\/Users\/|[A-Z]:\\Users\\)[^/\\\s]+/gu, '$1…');
}
