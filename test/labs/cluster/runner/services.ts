import { connect, createServer, type Server } from 'node:net';
import { z } from 'zod';

/** What kube-proxy does: connections to a Service's address reach one of its endpoints that are ready, in turn. */

const service = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    clusterIP: z.string(),
    ports: z.array(
      z.object({ name: z.string().default(''), port: z.int(), protocol: z.literal('TCP').default('TCP') }),
    ),
  }),
});

const slice = z.object({
  metadata: z.object({ namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()),
        conditions: z.object({ ready: z.boolean().nullish() }).default({}),
      }),
    )
    .nullish(),
  ports: z.array(z.object({ name: z.string().nullish(), port: z.int() })).nullish(),
});

export type Service = z.infer<typeof service>;
export type Slice = z.infer<typeof slice>;

/** Where connections to one port of one Service go. */
export interface Target {
  /** `10.96.1.2:443` */
  readonly front: string;
  readonly backs: ReadonlyArray<{ readonly host: string; readonly port: number }>;
}

const SERVICE_NAME = 'kubernetes.io/service-name';

export function targetsOf(services: readonly unknown[], slices: readonly unknown[]): Target[] {
  const known = slices.map((one) => slice.parse(one));
  return services.flatMap((object) => {
    const { data } = service.safeParse(object);
    // Headless, or with a port that is no TCP: nothing to listen at.
    if (data === undefined || data.spec.clusterIP === 'None') return [];
    const { metadata, spec } = data;
    const own = known.filter(
      (one) => one.metadata.namespace === metadata.namespace && one.metadata.labels[SERVICE_NAME] === metadata.name,
    );
    return spec.ports.map(({ name, port }) => ({ front: `${spec.clusterIP}:${port}`, backs: backsOf(own, name) }));
  });
}

function backsOf(slices: readonly Slice[], portName: string): Target['backs'] {
  return slices.flatMap(({ endpoints, ports }) => {
    const port = ports?.find(({ name }) => (name ?? '') === portName)?.port;
    if (port === undefined) return [];
    const ready = (endpoints ?? []).filter(({ conditions }) => conditions.ready !== false);
    return ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port })));
  });
}

export interface Proxy {
  /** From now on. Connections that are open stay so. */
  set(targets: readonly Target[]): void;
  close(): void;
}

export function createProxy(say: (text: string) => void): Proxy {
  const servers = new Map<string, Server>();
  const backs = new Map<string, Target['backs']>();
  let turn = 0;

  const open = (front: string): Server => {
    const [host = '', port = ''] = front.split(':');
    const server = createServer((client) => {
      const choice = backs.get(front) ?? [];
      const back = choice[turn++ % Math.max(1, choice.length)];
      // As kube-proxy without endpoints: refused.
      if (back === undefined) return void client.resetAndDestroy();
      const upstream = connect(back.port, back.host);
      const end = (): void => {
        client.destroy();
        upstream.destroy();
      };
      client.on('error', end);
      upstream.on('error', end);
      client.pipe(upstream).pipe(client);
    });
    server.on('error', (error) => say(`Service ${front}: ${error.message}`));
    server.listen(Number(port), host);
    return server;
  };

  return {
    set(targets) {
      const wanted = new Set(targets.map(({ front }) => front));
      for (const [front, server] of servers) {
        if (wanted.has(front)) continue;
        server.close();
        servers.delete(front);
      }
      for (const { front, backs: those } of targets) {
        backs.set(front, those);
        if (!servers.has(front)) servers.set(front, open(front));
      }
    },
    close() {
      for (const server of servers.values()) server.close();
      servers.clear();
    },
  };
}
