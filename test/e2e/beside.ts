import { allow, fakeWebhook } from '../standin-tests/fake-webhook.ts';
import type { Ctx } from './case.ts';
import { type Pod, register } from './kit.ts';

/** Another mutating webhook, whose name decides whether it comes before ours or after. */
export async function beside(ctx: Ctx, name: string, patch: (pod: Pod) => readonly unknown[]): Promise<void> {
  const webhook = await fakeWebhook(ctx, (review) => allow(review, patch(review.request.object as unknown as Pod)));
  await register(ctx, { name, url: webhook.url, ca: webhook.ca, webhook: { name: `${name}.example.com` } });
}
