/** Bounds of the gRPC server. */
export const LIMITS = {
  /** Requests are a pod's name and a tier. */
  requestBytes: 64 * 1024,
  /** The config of 500 pods is some hundred kilobytes. */
  responseBytes: 4 * 1024 * 1024,
  /** The longest that a call may take, with or without a deadline of its own. */
  callMs: 30_000,
  /** Calls of one method at once: a method that hangs must not keep safe mode out. */
  callsAtOnce: 8,
  /** Streams of one connection at once. */
  streams: 32,
  /** After this long without a call a connection is closed. */
  idleMs: 300_000,
  /** Pods in one answer; a node holds 110 as a rule and 500 as a great exception. */
  pods: 1_000,
  /** Characters of an error: it travels in a header. */
  messageChars: 1_024,
  /** How long calls may go on while the server stops. */
  drainMs: 2_000,
} as const;
