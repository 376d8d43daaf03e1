import { z } from 'zod';
import { readStatus } from '../../kube/status.ts';
import { TemperError } from '../../model/errors.ts';
import { ORIGINAL_REQUESTS } from '../../model/keys.ts';
import { decodeOriginalRequests } from '../../model/original-requests.ts';
import { connectKube, type Kube } from '../connect/kube.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { untilWell } from './within.ts';

const CPU = '100m';
const CONTAINER = 'probe';

/**
 * Asks the API server to create a pod in the probe namespace, as a dry run, and looks whether it comes back scaled: webhook,
 * Service, certificate, network and service are then well, as one.
 *
 * @throws TemperError TMP3231 where it does not in time
 */
export async function admission(context: Context, namespace: string, withinMs: number): Promise<Result> {
  const kube = await connectKube(context);
  try {
    const { attempts } = await untilWell(context, withinMs, () => ask(kube, namespace));
    return {
      kind: 'AdmissionCheck',
      data: { namespace, scaled: true, attempts },
      text: (paint) =>
        `${paint('green', 'scaled')}: a pod that the API server was asked for came back with a smaller request\n`,
    };
  } finally {
    kube.close();
  }
}

async function ask(kube: Kube, namespace: string): Promise<string | null> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All&fieldManager=temper-cli`;
  try {
    const { status, body } = await kube.send({ method: 'POST', path, body: probe(namespace) });
    if (status !== 201) return `the API server refuses the probe: ${status} ${readStatus(body).message}`;
    return judge(body);
  } catch (error) {
    if (error instanceof TemperError && error.id !== 'TMP3227') return error.message;
    throw error;
  }
}

const scaled = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()) }),
  spec: z.object({
    containers: z.array(
      z.object({ name: z.string(), resources: z.object({ requests: z.object({ cpu: z.string() }) }) }),
    ),
  }),
});

function judge(pod: unknown): string | null {
  const { data } = scaled.safeParse(pod);
  const record = data?.metadata.annotations[ORIGINAL_REQUESTS];
  if (data === undefined || record === undefined) return 'the probe came back as it was: nothing scaled it';
  const reading = decodeOriginalRequests(record);
  const request = data.spec.containers.find(({ name }) => name === CONTAINER)?.resources.requests.cpu;
  if (!reading.ok || request === undefined || request === CPU)
    return 'the probe came back with a record, but not scaled';
  return null;
}

/** A pod that the restricted profile of Pod Security admits. */
function probe(namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'temper-probe-', namespace },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: CONTAINER,
          image: 'temper-probe',
          resources: { requests: { cpu: CPU } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
