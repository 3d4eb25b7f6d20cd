import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { SettingsOwner } from '../settings-owner.ts';

export type SettingsHandlers = Pick<
  Handlers<SharedCalls>,
  'settings.read' | 'settings.write' | 'settings.reset'
>;

export function settingsHandlers(settings: SettingsOwner): SettingsHandlers {
  return {
    'settings.read': () => settings.read(),
    'settings.write': ({ key, value }) => settings.write(key, value),
    'settings.reset': ({ key }) => settings.reset(key),
  };
}
