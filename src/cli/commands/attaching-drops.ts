/** What attaching costs. The kernel lab measures the first two (case what-attaching-drops); nice is of no use since all layers are `fifo`. */
export const ATTACHING_DROPS: readonly string[] = [
  'CPU limits (cpu.max) are not enforced',
  'CPU requests (cpu.weight) do not count between pods of one layer: whoever has more threads gets more',
  'nice values do not count inside a layer',
];

export const ATTACHING_DROPS_TEXT =
  `While the scheduler is attached: ${ATTACHING_DROPS.join('; ')}. ` +
  'All of it is back as soon as the node is on the stock scheduler. docs/explanation/agent.md has the figures.';
