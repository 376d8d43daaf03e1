/** What a compiler said of the crate itself, as it would stand on a terminal. */
export interface Said {
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

interface Message {
  readonly reason?: string;
  readonly package_id?: string;
  readonly message?: { readonly level?: string; readonly rendered?: string; readonly spans?: readonly unknown[] };
}

/** Reads what `cargo --message-format json` prints. Of what it depends on, cargo passes no warnings on. */
export function readCargo(output: string): Said {
  const said = { warnings: [] as string[], errors: [] as string[] };
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { reason, package_id: id = '', message } = JSON.parse(line) as Message;
    // The summary at the end ("3 warnings emitted") points at no line.
    if (reason !== 'compiler-message' || (message?.spans ?? []).length === 0) continue;
    const text = message?.rendered ?? '';
    if (message?.level === 'error') said.errors.push(text);
    else if (message?.level === 'warning' && id.startsWith('path+')) said.warnings.push(text);
  }
  return said;
}

/** Of the BPF programs: the build script passes on to cargo what clang said. */
export function readBuildScript(output: string): string[] {
  return [...output.matchAll(/^cargo::?warning=(.*)$/gm)].map(([, text = '']) => text);
}
