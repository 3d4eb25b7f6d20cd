import type { TFunction } from 'i18next';
import type { FileJob } from '../../../ipc/views.ts';
import { clockTime, roughTime } from '../time-words.ts';

/** `45 % · 4:30 of 10:00 · about 2 minutes left`, as far as it is known. */
export function progressWords(job: FileJob, t: TFunction): string {
  const { share, doneMs, durationMs, remainingMs } = job;
  const parts: string[] = [t('files.percent', { percent: Math.floor(share * 100) })];
  if (durationMs !== null) {
    parts.push(t('files.position', { at: clockTime(doneMs), length: clockTime(durationMs) }));
  }
  if (remainingMs !== null) parts.push(t('files.left', { time: roughWords(remainingMs, t) }));
  return parts.join(' · ');
}

function roughWords(ms: number, t: TFunction): string {
  const time = roughTime(ms);
  return time.key === 'lessThanMinute'
    ? t('times.lessThanMinute')
    : t(`times.${time.key}`, { count: time.count });
}
