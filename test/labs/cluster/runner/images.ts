/** What an image holds, by its repository: what the lab starts in its place. */
export type Image = 'agent' | 'service' | 'temper-cli' | 'kube-scheduler' | CertManagerImage;

/** A part of cert-manager, as its images are named. */
export type CertManagerImage = `cert-manager-${(typeof CERT_MANAGER)[number]}`;
export const CERT_MANAGER = ['controller', 'cainjector', 'webhook', 'startupapicheck'] as const;

const IMAGES: ReadonlyMap<string, Image> = new Map<string, Image>([
  ['temper-agent', 'agent'],
  ['temper-service', 'service'],
  ['temper-cli', 'temper-cli'],
  // Real as well: the chart runs it with its own configuration, beside our extender.
  ['kube-scheduler', 'kube-scheduler'],
  // Its own chart runs it: what it does to our webhook is part of what ours promises.
  ...CERT_MANAGER.map((part) => [`cert-manager-${part}`, `cert-manager-${part}`] as const),
]);

/** Null for a foreign one. The tag says which version of ours; here there is one. */
export function imageOf(reference: string): Image | null {
  const repository = reference.split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? '';
  return IMAGES.get(repository) ?? null;
}

interface Images {
  readonly spec?: { readonly containers?: ReadonlyArray<{ readonly image?: string }> };
}

/** Whether the lab runs the pod; kwok keeps all others. */
export function isOurs({ spec }: Images): boolean {
  return (spec?.containers ?? []).some(({ image = '' }) => imageOf(image) !== null);
}

/** The same question in jq, for the stages of kwok: it yields something for a pod of ours. */
export const OURS_IN_JQ = `.spec.containers.[].image | select(test("(^|/)(${[...IMAGES.keys()].join('|')})([:@]|$)"))`;
