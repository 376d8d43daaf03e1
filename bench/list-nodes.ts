// Nodes as large as those of a real cluster: the recorded one, with the labels, conditions, images
// and field ownership that a cloud provider, a CNI and kubelet add to it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'test', 'fixtures', 'api', 'node-kwok-0001.json'), 'utf8'),
) as NodeObject;

interface NodeObject {
  kind: string;
  apiVersion: string;
  metadata: Record<string, unknown> & {
    labels: Record<string, string>;
    annotations: Record<string, string>;
    managedFields: unknown[];
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
}

/** A typed list leaves kind and version to the list; a metadata list names its own in each item. */
export interface GeneratedNode {
  /** About 13 KB of JSON. */
  readonly full: Buffer;
  readonly metadataOnly: Buffer;
}

export function generateNode(index: number): GeneratedNode {
  const name = `ip-10-${index >> 8}-${index & 255}-7.eu-central-1.compute.internal`;
  const metadata = { ...recorded.metadata, ...identity(index, name), ...described(index, name) };
  const { kind: _kind, apiVersion: _apiVersion, ...node } = recorded;
  const status = { ...recorded.status, images: images(index) };
  return {
    full: Buffer.from(JSON.stringify({ ...node, metadata, status })),
    metadataOnly: Buffer.from(
      JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }),
    ),
  };
}

function identity(index: number, name: string) {
  const tail = index.toString(16).padStart(12, '0');
  return { name, uid: `dfa72f9e-1d88-4cd2-bdd2-${tail}`, resourceVersion: String(100_000 + index) };
}

function described(index: number, name: string) {
  return {
    labels: {
      ...recorded.metadata.labels,
      'kubernetes.io/hostname': name,
      'node.kubernetes.io/instance-type': 'm7i.2xlarge',
      'topology.kubernetes.io/region': 'eu-central-1',
      'topology.kubernetes.io/zone': `eu-central-1${'abc'[index % 3]}`,
      'karpenter.sh/nodepool': 'general-purpose',
      'karpenter.sh/capacity-type': index % 4 === 0 ? 'spot' : 'on-demand',
    },
    annotations: {
      ...recorded.metadata.annotations,
      'temper.codes/tier-load': tierLoad(index),
      'csi.volume.kubernetes.io/nodeid': JSON.stringify({
        'ebs.csi.aws.com': `i-0${index.toString(16).padStart(16, '0')}`,
      }),
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    },
    managedFields: [...recorded.metadata.managedFields, ...recorded.metadata.managedFields],
  };
}

function tierLoad(index: number): string {
  const load = (pods: number) => ({ pods, requestMilli: pods * 250, usedMilli: pods * 100 });
  return JSON.stringify({
    v: 1,
    at: '2026-11-21T10:00:00Z',
    hb: 300,
    cores: 8,
    reserveCores: 1,
    protection: 'enforcing',
    tiers: { critical: load(index % 3), high: load(index % 5), normal: load(index % 11), low: load(index % 4) },
    system: { pods: 5, requestMilli: 400 },
    pressureSome10: index % 10,
  });
}

/** Kubelet reports the 50 largest images, each by digest and by tag; here 32, which brings a node to its usual size. */
function images(index: number) {
  return Array.from({ length: 32 }, (_, image) => {
    const digest = (index * 50 + image).toString(16).padStart(64, 'a1b2c3d4e5f60718');
    const repository = `registry.example/platform/service-${image}`;
    return {
      names: [`${repository}@sha256:${digest}`, `${repository}:v1.${image}.${index % 20}`],
      sizeBytes: 9_000_000 * image + index,
    };
  });
}
