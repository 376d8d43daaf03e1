import { type KubeClient, Refused } from '../../../../support/kube-client.ts';
import { ANSWERS, type Scene, type Write } from './writes/write.ts';

/**
 * Asks for a write, as a dry run: what is allowed by mistake is not to change what the next ones find.
 *
 * @returns what the API server said, in the words of `ANSWERS` where it is one of these
 */
export async function tryWrite(client: KubeClient, { ask }: Pick<Write, 'ask'>, scene: Scene): Promise<string> {
  const { method, path, query, ...options } = ask(scene);
  try {
    await client.call(method, path, { ...options, query: { ...query, dryRun: 'All' } });
    return ANSWERS.taken;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { message } = error;
    const [, policy] =
      /ValidatingAdmissionPolicy '[^']+' with binding '[^']+' denied request: (.*)/.exec(message) ?? [];
    if (policy !== undefined) return policy;
    if (error.status === 422 && message.endsWith(ANSWERS.immutable)) return ANSWERS.immutable;
    return error.status === 403 && / cannot \w+ resource /.test(message) ? ANSWERS.notGranted : message;
  }
}
