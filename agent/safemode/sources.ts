import type { FileReading } from './host-file.ts';
import type { SafeModeRequest } from './request.ts';
import type { SafeMode, SafeModeSource } from './safe-mode.ts';

/** What is known of each source. */
export interface Readings {
  /** Null until it was read once since the start; then the last that was read, whatever happened since. */
  readonly node: SafeModeRequest | null;
  readonly namespace: SafeModeRequest | null;
  readonly file: FileReading | null;
  /** Asked for while the host file could not be written. */
  readonly inMemory: boolean;
  /** What keeps Node and Namespace from being read, where that is known; for people. */
  readonly obstacle: string | null;
}

interface Held {
  readonly source: SafeModeSource;
  /** Follows "asked for by" or stands alone. */
  readonly why: string;
}

/** Safe mode is the OR of its sources; what is not known yet holds as well. */
export function safeModeOf(readings: Readings): SafeMode {
  const held = [
    ofAnnotation('node-annotation', 'the node', readings.node),
    ofAnnotation('namespace-annotation', 'the release namespace', readings.namespace),
    ofFile(readings.file),
    ofMemory(readings.inMemory),
    ofUnread(readings),
  ].filter((each) => each !== null);
  if (held.length === 0) return { sources: [], reason: null };
  return { sources: held.map(({ source }) => source), reason: held.map(({ why }) => why).join('; ') };
}

function ofAnnotation(source: SafeModeSource, of: string, request: SafeModeRequest | null): Held | null {
  if (request === null || !request.wanted) return null;
  if ('unclear' in request) {
    const value = JSON.stringify(request.unclear);
    return { source, why: `the annotation of ${of} is ${value}, neither true nor false` };
  }
  return { source, why: `asked for by the annotation of ${of}` };
}

function ofFile(file: FileReading | null): Held | null {
  if (file === null || file.state === 'absent') return null;
  const source = 'host-file';
  if (file.state === 'present') return { source, why: 'asked for by the host file' };
  return { source, why: `whether the host file asks for it cannot be told: ${file.detail}` };
}

function ofMemory(inMemory: boolean): Held | null {
  if (!inMemory) return null;
  return {
    source: 'held-in-memory',
    why: "asked for by gRPC; the host file cannot be written, so it ends with the agent's process",
  };
}

function ofUnread({ node, namespace, file, obstacle }: Readings): Held | null {
  const unread = [
    ...(node === null ? ['the annotation of the node'] : []),
    ...(namespace === null ? ['the annotation of the release namespace'] : []),
    ...(file === null ? ['the host file'] : []),
  ];
  if (unread.length === 0) return null;
  const why = `not read yet: ${unread.join(', ')}${obstacle === null ? '' : ` (${obstacle})`}`;
  return { source: 'not-read-yet', why };
}
