/** Where this machine gets Debian from, as one line of a sources.list begins: the options, then the mirror. */
export interface Mirror {
  readonly uri: string;
  readonly signedBy: string;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The first Debian archive in apt's own sources, in either of their forms. */
export function findMirror(sources: readonly string[]): Mirror | null {
  for (const text of sources) {
    const found = text.includes('URIs:') ? fromStanzas(text) : fromLines(text);
    if (found !== null) return found;
  }
  return null;
}

function fromStanzas(text: string): Mirror | null {
  for (const stanza of withoutComments(text).split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'mi').exec(stanza)?.[1]?.trim() ?? '';
    const uri = field('URIs').split(/\s+/)[0] ?? '';
    if (/^no$/i.test(field('Enabled')) || !isDebian(uri, field('Suites'))) continue;
    // A key may be written out in the stanza; the package's own keyring has it too.
    return { uri, signedBy: field('Signed-By').startsWith('/') ? field('Signed-By') : KEYRING };
  }
  return null;
}

function fromLines(text: string): Mirror | null {
  for (const line of withoutComments(text).split('\n')) {
    const [, options = '', uri = '', suite = ''] = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? [];
    if (!isDebian(uri, suite)) continue;
    return { uri, signedBy: /signed-by=(\/\S+)/i.exec(options)?.[1] ?? KEYRING };
  }
  return null;
}

/** The main archive: that of security updates has no backports. */
function isDebian(uri: string, suites: string): boolean {
  return /\/debian\/?$/.test(uri) && !suites.includes('security');
}

function withoutComments(text: string): string {
  return text.replace(/^#.*\n?/gm, '');
}
