/** Things that happen, to be awaited one after the other in the order in which they happened. */
export interface Queue<T> {
  push(value: T): void;
  next(): Promise<T>;
  /** How many have happened that nobody awaited yet. */
  readonly size: number;
}

export function createQueue<T>(): Queue<T> {
  const values: T[] = [];
  const waiters: Array<(value: T) => void> = [];
  return {
    push(value) {
      const waiter = waiters.shift();
      if (waiter === undefined) values.push(value);
      else waiter(value);
    },
    next() {
      const value = values.shift();
      if (value !== undefined) return Promise.resolve(value);
      return new Promise((resolve) => {
        waiters.push(resolve);
      });
    },
    get size() {
      return values.length;
    },
  };
}
