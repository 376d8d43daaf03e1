/** Keys of pods that wait: the highest priority first, and among equals the one that came first. */
export interface SchedulingQueue {
  /** Adds a key; one that waits already keeps its place, unless its priority is another now. */
  add(key: string, priority: number): void;
  delete(key: string): void;
  pop(): string | undefined;
  readonly size: number;
}

export function createQueue(): SchedulingQueue {
  const byPriority = new Map<number, Set<string>>();
  const priorities = new Map<string, number>();

  function remove(key: string): void {
    const priority = priorities.get(key);
    if (priority === undefined) return;
    priorities.delete(key);
    const keys = byPriority.get(priority);
    keys?.delete(key);
    if (keys?.size === 0) byPriority.delete(priority);
  }

  return {
    add(key, priority) {
      if (priorities.get(key) === priority) return;
      remove(key);
      priorities.set(key, priority);
      const keys = byPriority.get(priority) ?? new Set();
      byPriority.set(priority, keys.add(key));
    },
    delete: remove,
    pop() {
      // There are only as many priorities as there are classes.
      const [key] = byPriority.get(Math.max(...byPriority.keys())) ?? [];
      if (key !== undefined) remove(key);
      return key;
    },
    get size() {
      return priorities.size;
    },
  };
}
