import type { SettingsOwner } from '../../app/settings-owner.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { openHistory } from '../../core/transcript/history.ts';

/**
 * Deletes sessions that are too old, and mends those that a crash cut off, as the settings allow: where those cannot be
 * read, nothing is touched. Never rejects.
 */
export async function keepHouse(settings: SettingsOwner, folder: string, logger: Logger): Promise<void> {
  if (!settings.trusted) return;
  const history = openHistory({ folder, now: () => new Date(), logger });
  const days = settings.values['history.retentionDays'];
  try {
    if (days !== null) await history.applyRetention(days);
    if (settings.values['history.enabled']) await history.repair();
  } catch (error) {
    logger.warn('The history could not be tidied up.', { reason: describeError(error) });
  }
}
