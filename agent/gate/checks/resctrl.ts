import { quote } from '../../host/quote.ts';
import { type Check, fail, notRead, pass, warn } from '../check.ts';
import type { ResctrlCounter } from '../facts.ts';

/**
 * Where resctrl is mounted, scx_layered reads its bandwidth counters ten times a second and ends at the first that is
 * no number.
 */
export const resctrl: Check = {
  id: 'TMP3026',
  name: 'resctrl',
  judge({ resctrl: facts }) {
    if (facts.mounted === null) return fail(`whether resctrl is in use is not known: ${facts.why}`);
    if (!facts.mounted) return pass('resctrl is not mounted');
    const [group, ...others] = facts.groups;
    if (group !== undefined) {
      return fail(`resctrl is in use by group ${quote(group)}${others.length > 0 ? ` and ${others.length} more` : ''}`);
    }
    const bad = facts.counters.find(({ value }) => value.kind !== 'text' || !/^\d+$/.test(value.text));
    if (bad !== undefined) return fail(`a resctrl counter would end the scheduler: ${told(bad)}`);
    return warn('resctrl is mounted, without groups; its counters are numbers now');
  },
};

function told({ domain, value }: ResctrlCounter): string {
  const what = value.kind === 'text' ? 'is no number' : notRead(value);
  return `mbm_total_bytes of ${domain} ${what}`;
}
