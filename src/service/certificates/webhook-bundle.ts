import { z } from 'zod';
import { certificatesOf, joined } from './plan.ts';

const schema = z.object({
  webhooks: z
    .array(z.object({ name: z.string(), clientConfig: z.object({ caBundle: z.string().optional() }) }))
    .optional(),
});

type Webhook = NonNullable<z.infer<typeof schema>['webhooks']>[number];

/**
 * The patch that makes a MutatingWebhookConfiguration trust `bundle`; null where it does already, or is not understood. It
 * says nothing but the bundle: the rest belongs to whoever installed it.
 */
export const bundlePatch = (configuration: unknown, bundle: string): object | null =>
  patchOf(configuration, () => bundle);

/** The same for one that goes on trusting whom it does. */
export const joinPatch = (configuration: unknown, bundle: string): object | null =>
  patchOf(configuration, ({ clientConfig: { caBundle = '' } }) => {
    const trusted = Buffer.from(caBundle, 'base64').toString();
    return joined([...certificatesOf(trusted), ...certificatesOf(bundle)]);
  });

function patchOf(configuration: unknown, bundleFor: (webhook: Webhook) => string): object | null {
  const { data } = schema.safeParse(configuration);
  const wanted = (data?.webhooks ?? []).map((webhook) => {
    return { webhook, caBundle: Buffer.from(bundleFor(webhook)).toString('base64') };
  });
  const stale = wanted.filter(({ webhook, caBundle }) => webhook.clientConfig.caBundle !== caBundle);
  if (stale.length === 0) return null;
  return { webhooks: stale.map(({ webhook: { name }, caBundle }) => ({ name, clientConfig: { caBundle } })) };
}
