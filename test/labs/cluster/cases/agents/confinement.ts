import assert from 'node:assert/strict';
import { SAFE_MODE_REQUESTED } from '../../../../../src/model/keys.ts';
import type { Case } from '../../../../e2e/case.ts';
import { addNode } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { Refused } from '../../../../support/kube-client.ts';
import { type Identity, identityOn, unboundToken } from './identity.ts';
import { grantAgentRights } from './rights.ts';
import { tryWrite } from './try-write.ts';
import { EVENTS, eventAbout, OTHERS_EVENT, OWN_EVENT } from './writes/events.ts';
import { WRITES } from './writes/index.ts';
import { ANSWERS, type Scene, type Write } from './writes/write.ts';

/** Not the agent's to change. */
const annotations = { 'example.com/theirs': 'theirs', [SAFE_MODE_REQUESTED]: 'true' };

/** RBAC and policies are in force a moment after they are made, each by itself. */
async function untilInForce({ client }: Identity, scene: Scene): Promise<void> {
  for (const answer of ['taken', 'ownNode', 'event'] as const) {
    const one = WRITES.find((write) => write.answer === answer) as Write;
    let said = '';
    await until(`${one.what}: ${ANSWERS[answer]}`, async () => {
      said = await tryWrite(client, one, scene);
      return said === ANSWERS[answer];
    }).catch((error: Error) => assert.fail(`${error.message}; it says: ${said}`));
  }
}

const table: Case = {
  name: 'agent-confined',
  what: "an agent's token may write its own Node's annotations and Events about that Node, and nothing else",
  async run(ctx) {
    const { client } = ctx.cluster;
    const [own, other] = ['confined-own', 'confined-other'] as const;
    for (const name of [own, other]) await addNode(ctx, { name, cores: 8, annotations });
    const release = await grantAgentRights(ctx, 'confined');
    for (const [event, node] of Object.entries({ [OWN_EVENT]: own, [OTHERS_EVENT]: other })) {
      await client.create(EVENTS, eventAbout('Node', node, event));
      ctx.after(() => client.delete(`${EVENTS}/${event}`));
    }
    const agent = await identityOn(ctx, release, own);
    const scene = { ...release, own, other, pod: agent.pod };
    await untilInForce(agent, scene);
    const said: Record<string, string> = {};
    for (const write of WRITES) said[write.what] = await tryWrite(agent.client, write, scene);
    const expected = Object.fromEntries(WRITES.map(({ what, answer }) => [what, ANSWERS[answer]]));
    assert.deepEqual(said, expected);
    ctx.figure('writes tried', WRITES.length, 'writes');

    const unbound = await unboundToken(ctx, release);
    for (const write of WRITES.filter(({ answer }) => answer === 'taken')) {
      const refusal = /Event/.test(write.what) ? ANSWERS.event : ANSWERS.ownNode;
      assert.equal(await tryWrite(unbound, write, scene), refusal, `a token of no pod: ${write.what}`);
    }

    await agent.endPod();
    const isDead = async (): Promise<boolean> => {
      const refusal = await agent.client.list('/api/v1/nodes').then(
        () => null,
        (error) => error,
      );
      return refusal instanceof Refused && refusal.status === 401;
    };
    await until('the token of a pod that is gone opens nothing', isDead);
  },
};

export const CONFINEMENT_CASES: readonly Case[] = [table];
