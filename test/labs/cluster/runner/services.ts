import { connect, createServer, type Server, type Socket } from 'node:net';
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
  return withSlices(services, slices).flatMap(({ spec: { clusterIP, ports }, own }) =>
    clusterIP === 'None'
      ? []
      : ports.map(({ name, port }) => ({ front: `${clusterIP}:${port}`, backs: backsOf(own, name) })),
  );
}

/** What pods find by name: a Service without an address of its own stands for its pods that are ready. */
export function hostsOf(services: readonly unknown[], slices: readonly unknown[]): string[] {
  return withSlices(services, slices).flatMap(({ metadata, spec: { clusterIP }, own }) => {
    const addresses = clusterIP === 'None' ? own.flatMap(readyOf) : [clusterIP];
    return addresses.map((address) => `${address} ${metadata.name}.${metadata.namespace}.svc`);
  });
}

/** Left out is what has a port that is no TCP. */
function withSlices(services: readonly unknown[], slices: readonly unknown[]) {
  const known = slices.map((one) => slice.parse(one));
  return services.flatMap((object) => {
    const { data } = service.safeParse(object);
    if (data === undefined) return [];
    const { name, namespace } = data.metadata;
    const own = known.filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels[SERVICE_NAME] === name,
    );
    return [{ ...data, own }];
  });
}

const readyOf = ({ endpoints }: Slice): string[] =>
  (endpoints ?? []).flatMap(({ addresses, conditions }) => (conditions.ready === false ? [] : addresses));

function backsOf(slices: readonly Slice[], portName: string): Target['backs'] {
  return slices.flatMap((one) => {
    const port = one.ports?.find(({ name }) => (name ?? '') === portName)?.port;
    return port === undefined ? [] : readyOf(one).map((host) => ({ host, port }));
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
  const open = new Set<Socket>();
  let turn = 0;

  const listen = (front: string): Server => {
    const [host = '', port = ''] = front.split(':');
    const server = createServer((client) => {
      const choice = backs.get(front) ?? [];
      const back = choice[turn++ % Math.max(1, choice.length)];
      // As kube-proxy without endpoints: refused.
      if (back === undefined) return void client.resetAndDestroy();
      const upstream = connect(back.port, back.host);
      for (const one of [client, upstream]) {
        open.add(one);
        one.on('close', () => open.delete(one));
      }
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
        if (!servers.has(front)) servers.set(front, listen(front));
      }
    },
    close() {
      for (const server of servers.values()) server.close();
      servers.clear();
      // What a pod's network took with it says nothing of its end.
      for (const one of open) one.destroy();
    },
  };
}
