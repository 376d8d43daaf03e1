type Close = () => Promise<void>;

/** What ends the things that were started. */
export interface Closers {
  /** Takes what ends a thing, in the turn in which it is started. */
  readonly add: (close: Close) => void;
  /** Ends everything, the latest first, what is added meanwhile too, whatever fails; then rejects with the first failure. */
  readonly closeAll: Close;
}

export function createClosers(): Closers {
  const open: Close[] = [];
  let closing: Promise<void> | undefined;

  async function closeEach(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = open.pop(); close !== undefined; close = open.pop()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    add: (close) => {
      open.push(close);
    },
    closeAll() {
      closing ??= closeEach().finally(() => {
        closing = undefined;
      });
      return closing;
    },
  };
}
