import { StartStop } from './start-stop.tsx';
import { LevelMeter } from './status-line.tsx';

/** What starts and ends captions, with what is heard beside it. */
export function StartRow() {
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
      <div className="flex flex-wrap gap-3">
        <StartStop />
      </div>
      <div className="min-w-0 flex-1 basis-56">
        <LevelMeter />
      </div>
    </div>
  );
}
