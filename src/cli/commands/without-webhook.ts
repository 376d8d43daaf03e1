import { connectKube } from '../connect/kube.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { Result } from '../output/result.ts';
import { wayOut } from '../way-out/read.ts';
import { wayOutText } from '../way-out/text.ts';

/** Tells what becomes of scaled pods when they are made anew without the webhook; changes nothing. @throws TemperError */
export async function checkWithoutWebhook(context: Context): Promise<Result> {
  const kube = await connectKube(context);
  try {
    const found = await wayOut(kube, context.options.agentNamespace);
    return {
      kind: 'WithoutWebhook',
      data: found,
      text: () => wayOutText(found),
      exit: found.most.refused + found.most.pending === 0 ? EXIT.ok : EXIT.checks,
    };
  } finally {
    kube.close();
  }
}
