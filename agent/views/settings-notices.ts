import type { ReloadNews } from '../../src/config/reload.ts';

/** What people must hear of the settings, beside what the layers have to say. */
export interface SettingsNotice {
  readonly id: 'settings-refused' | 'settings-need-restart' | 'settings-pending';
  readonly message: string;
}

/** @param isBehind whether pods are still read by earlier settings, which hold until then */
export function settingsNotices({ refused, waiting }: ReloadNews, isBehind: boolean): SettingsNotice[] {
  const notices: SettingsNotice[] = [];
  if (refused !== null) {
    notices.push({ id: 'settings-refused', message: `the changed settings are not in force: ${refused}` });
  }
  if (waiting.length > 0) {
    notices.push({ id: 'settings-need-restart', message: `changed and read only at start: ${waiting.join(', ')}` });
  }
  if (isBehind) {
    const message =
      'the changed settings are in force once the pods have been listed again, since tiers change with them';
    notices.push({ id: 'settings-pending', message });
  }
  return notices;
}
