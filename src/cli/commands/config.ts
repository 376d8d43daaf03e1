import { z } from 'zod';
import { TemperError } from '../../model/errors.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { facts, table } from '../output/table.ts';

/** As much of a layer as the table shows; scx_layered's own form decides the rest. */
const layer = z.object({
  name: z.string().catch('?'),
  matches: z.array(z.unknown()).catch([]),
  kind: z.record(z.string(), z.unknown()).catch({}),
});
const numbers = z
  .object({
    weight: z.number().optional().catch(undefined),
    cpus_range: z.tuple([z.number(), z.number()]).optional().catch(undefined),
    slice_us: z.number().optional().catch(undefined),
  })
  .catch({});

/** The config for scx_layered that an agent generated. */
export async function config(context: Context): Promise<Result> {
  const answer = await withAgent(context, null, (agent) => agent.call('GetLayeredConfig', {}));
  const { layersJson, members, ...rest } = answer;
  const layers = readLayers(layersJson);
  return {
    kind: 'LayeredConfig',
    data: { ...rest, layers, members },
    text: () => {
      const overview = facts([
        ['in force', answer.inForce ? 'yes' : 'no: as it would be'],
        ['generation', String(answer.generation)],
        ['matching', answer.matching ?? 'not known yet'],
        ['hash', answer.hash],
      ]);
      const rows = layers.map((entry, index) => row(entry, index, members));
      return `${overview}\n${table(COLUMNS, rows)}`;
    },
  };
}

const COLUMNS = [
  { title: 'LAYER' },
  { title: 'KIND' },
  { title: 'WEIGHT', align: 'right' },
  { title: 'CPUS', align: 'right' },
  { title: 'SLICE US', align: 'right' },
  { title: 'MATCHES', align: 'right' },
  { title: 'MEMBERS', align: 'right' },
] as const;

function row(entry: unknown, index: number, members: ReadonlyArray<{ readonly layer: number }>): string[] {
  const { data } = layer.safeParse(entry);
  const [kind = '?', inner] = Object.entries(data?.kind ?? {})[0] ?? [];
  const { weight, cpus_range: cpus, slice_us: slice } = numbers.parse(inner);
  return [
    data?.name ?? '?',
    kind,
    weight === undefined ? '-' : String(weight),
    cpus === undefined ? '-' : `${cpus[0]}-${cpus[1]}`,
    slice === undefined ? '-' : String(slice),
    String(data?.matches.length ?? 0),
    String(members.filter((member) => member.layer === index).length),
  ];
}

function readLayers(json: string): unknown[] {
  try {
    return z.array(z.unknown()).parse(JSON.parse(json));
  } catch (cause) {
    throw new TemperError('TMP3228', 'the layers are no JSON array', { cause });
  }
}
