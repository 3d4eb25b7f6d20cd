import { CircleDot, CloudOff, HardDrive, MicOff, Pause, RefreshCw, Timer } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../../components/badge.tsx';
import { levelShare } from '../../components/level-share.ts';
import { Meter } from '../../components/meter.tsx';
import { clockText } from '../amounts.ts';
import { useCaptions } from '../control-context.ts';
import { useElapsedMs } from './start-stop.tsx';

/** Less is not worth telling. */
const WORTH_TELLING_LAG_MS = 1_500;

/** How the captions that run are doing, quietly. */
export function StatusLine() {
  const { t } = useTranslation();
  const state = useCaptions((store) => store.state);
  const elapsedMs = useElapsedMs(state.startedAt);
  const { phase, connection, audio, keeping, lagMs } = state;
  return (
    <div className="flex flex-wrap items-center gap-2" data-testid="status">
      {phase === 'listening' ? (
        <Badge tone="success" icon={CircleDot}>
          {t('captions.phase.listening')}
        </Badge>
      ) : phase === 'paused' ? (
        <Badge tone="warning" icon={Pause}>
          {t('captions.phase.paused')}
        </Badge>
      ) : (
        <Badge>{t(`captions.phase.${phase}`)}</Badge>
      )}
      {elapsedMs === null ? null : (
        <Badge icon={Timer}>
          <span className="sr-only">{t('captions.elapsed')}</span>
          {clockText(elapsedMs)}
        </Badge>
      )}
      {connection === 'lost' ? (
        <Badge tone="warning" icon={RefreshCw}>
          {t('captions.badges.reconnecting')}
        </Badge>
      ) : null}
      {connection === 'connecting' && phase !== 'starting' ? (
        <Badge icon={RefreshCw}>{t('captions.badges.connecting')}</Badge>
      ) : null}
      {audio === 'silent' && phase === 'listening' ? (
        <Badge tone="warning" icon={MicOff}>
          {t('captions.badges.silent')}
        </Badge>
      ) : null}
      {audio === 'lost' && phase === 'listening' ? (
        <Badge tone="warning" icon={MicOff}>
          {t('captions.badges.lost')}
        </Badge>
      ) : null}
      {lagMs >= WORTH_TELLING_LAG_MS ? (
        <Badge tone="warning" icon={Timer}>
          {t('captions.badges.behind', { seconds: Math.round(lagMs / 1_000) })}
        </Badge>
      ) : null}
      {phase === 'idle' ? null : keeping === 'on' ? (
        <Badge icon={HardDrive}>{t('captions.badges.kept')}</Badge>
      ) : keeping === 'failing' ? (
        <Badge tone="danger" icon={HardDrive}>
          {t('captions.badges.keepingFails')}
        </Badge>
      ) : phase === 'starting' ? null : (
        <Badge icon={CloudOff}>{t('captions.badges.notKept')}</Badge>
      )}
    </div>
  );
}

/** What is captured, how loud. */
export function LevelMeter() {
  const { t } = useTranslation();
  const level = useCaptions((store) => store.level);
  const phase = useCaptions((store) => store.state.phase);
  const label = useCaptions((store) => store.state.sourceLabel);
  const path = useCaptions((store) => store.state.path);
  // A microphone is known by its name; how system audio is taken differs from machine to machine.
  const source = [label, path && path !== 'microphone' && t(`captions.paths.${path}`)]
    .filter(Boolean)
    .join(' · ');
  const shown = phase === 'listening' ? level : null;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex justify-between gap-4 text-sm text-ink-muted">
        <span className="shrink-0">{t('captions.level')}</span>
        <span className="truncate" title={source}>
          {shown && shown.peakDb > -1 ? t('captions.levelClips') : phase === 'listening' ? source : null}
        </span>
      </div>
      <Meter
        level={shown}
        label={t('captions.level')}
        valueText={
          shown
            ? t('captions.levelText', { percent: Math.round(levelShare(shown.rmsDb) * 100) })
            : t('captions.levelNone')
        }
      />
    </div>
  );
}
