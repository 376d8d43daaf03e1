import { NOTICE_ERRORS } from '../../../agent/layers/notices.ts';
import type { ErrorId } from '../../model/errors.ts';
import type { Paint } from './colour.ts';
import { clean } from './table.ts';

/** Under which id docs/reference/errors.md has a notice; an agent of another version may send others. */
const ERROR_OF: ReadonlyMap<string, ErrorId> = new Map<string, ErrorId>([
  ...Object.entries(NOTICE_ERRORS),
  ['settings-refused', 'TMP1005'],
  ['settings-need-restart', 'TMP1006'],
]);

/** A line for each notice of a node. */
export function noticeLines(notices: ReadonlyArray<{ id: string; message: string }>, paint: Paint): string {
  return notices
    .map(({ id, message }) => {
      const error = ERROR_OF.get(id);
      const name = paint('yellow', clean(id));
      return `${error === undefined ? name : `${name} (${error})`}: ${clean(message)}\n`;
    })
    .join('');
}
