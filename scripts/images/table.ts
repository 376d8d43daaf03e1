/** One image: what is in it beside Node, and how it starts. The Dockerfiles and the chart are held to this by a test. */
export interface Image {
  readonly name: string;
  /** Bundles of dist/, which become /app. */
  readonly bundles: readonly string[];
  /** Programs by name, each with the libraries that it needs. */
  readonly programs: readonly string[];
  readonly entrypoint: readonly string[];
  /** Who it runs as; root only where the kernel asks for it. */
  readonly user: '0:0' | '65532:65532';
  /** Whether the patched scheduler is in it, with its sources and licence. */
  readonly scheduler: boolean;
}

const NODE = '/usr/bin/node';

/** As in the first line of agent/main.ts: what keeps Node small there. */
export const AGENT_FLAGS = ['--max-semi-space-size=2', '--no-opt', '--no-maglev', '--no-parallel-scavenge'] as const;

export const IMAGES = {
  'temper-service': {
    name: 'temper-service',
    bundles: ['service.mjs', 'kube-config.mjs'],
    programs: [],
    entrypoint: [NODE, '/app/service.mjs'],
    user: '65532:65532',
    scheduler: false,
  },
  'temper-agent': {
    name: 'temper-agent',
    bundles: ['agent.mjs', 'kube-config.mjs', 'cli'],
    // What ties the scheduler's life to the agent's; sleep is for the preflight.
    programs: ['setpriv', 'nice', 'sh', 'sleep'],
    entrypoint: [NODE, ...AGENT_FLAGS, '/app/agent.mjs'],
    user: '0:0',
    scheduler: true,
  },
  'temper-cli': {
    name: 'temper-cli',
    bundles: ['cli'],
    programs: [],
    entrypoint: ['temper-cli'],
    user: '65532:65532',
    scheduler: false,
  },
} as const satisfies Readonly<Record<string, Image>>;

export type ImageName = keyof typeof IMAGES;

/** Where programs are found in every image. */
export const PATH = '/usr/bin';
