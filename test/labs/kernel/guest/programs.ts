/** Where the guest has what it runs; the host puts it there. */
export const PROGRAMS = {
  load: '/lab/load',
  layerOf: '/lab/layer-of',
  bpfCosts: '/lab/bpf-costs',
  waits: '/lab/waits',
  agent: '/lab/dist/agent.mjs',
  cli: '/lab/dist/cli/temper-cli.mjs',
} as const;
