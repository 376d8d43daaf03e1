const REQUIRED = ['Subject', 'Why', 'Upstream', 'Test', 'SPDX-License-Identifier'] as const;
const LICENCE = 'GPL-2.0-only';
/** Where the diff begins, or what `git format-patch` puts before it. */
const END = /^(?:---(?: .*)?|diff --git .*|Index: .*)$/;
const FIELD = /^([A-Z][\w-]*):(?: (.*))?$/;

/** What a patch says of itself, by field; a field goes on until the next. */
export function readHeader(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let current: string | null = null;
  for (const line of text.split('\n')) {
    if (END.test(line)) break;
    const [, name, first = ''] = FIELD.exec(line) ?? [];
    if (name !== undefined) {
      current = name;
      fields.set(name, first.trim());
    } else if (current !== null) {
      fields.set(current, `${fields.get(current)}\n${line.trim()}`.trim());
    }
  }
  return fields;
}

/** What is missing in the header of a patch; empty for none. */
export function headerFaults(text: string): string[] {
  const fields = readHeader(text);
  const missing = REQUIRED.filter((name) => !fields.get(name)).map((name) => `no ${name}:`);
  const licence = fields.get('SPDX-License-Identifier');
  const other = licence && licence !== LICENCE ? [`SPDX-License-Identifier: ${licence}, not ${LICENCE}`] : [];
  return [...missing, ...other];
}
