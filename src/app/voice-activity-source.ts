import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { EnergyVoiceActivity, energyStretches } from '../core/recognition/energy-voice-activity.ts';
import { loadSileroVoiceActivity } from '../core/recognition/silero-voice-activity.ts';
import type { StretchVoiceActivity, VoiceActivityModel } from '../core/recognition/voice-activity.ts';

/** What finds speech, for streams and for files. */
export interface VoiceActivitySource extends StretchVoiceActivity {
  /** Which one it is: texts depend on it. */
  readonly name: 'silero' | 'energy';
  /** One stream's. */
  create(): VoiceActivityModel;
  close(): Promise<void>;
}

/** Loads the network; where it does not load, a simpler detector takes its place. */
export async function openVoiceActivity(logger: Logger): Promise<VoiceActivitySource> {
  try {
    const silero = await loadSileroVoiceActivity();
    return {
      name: 'silero',
      create: () => silero.create(),
      judge: (stretches) => silero.judge(stretches),
      close: () => silero.close(),
    };
  } catch (error) {
    logger.warn(describeError(error));
    return {
      ...energyStretches,
      name: 'energy',
      create: () => new EnergyVoiceActivity(),
      close: () => Promise.resolve(),
    };
  }
}
