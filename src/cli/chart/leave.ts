import { readStatus } from '../../kube/status.ts';
import { TemperError } from '../../model/errors.ts';
import { TIERS } from '../../model/tier.ts';
import { connectKube, type Kube } from '../connect/kube.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { table } from '../output/table.ts';
import { count } from '../output/words.ts';
import { wayOut } from '../way-out/read.ts';
import { wayOutText } from '../way-out/text.ts';
import { type User, userResources } from './users.ts';

export interface LeaveOptions {
  readonly schedulerName?: string;
  /** Whether the release installed the PriorityClasses. */
  readonly priorityClasses: boolean;
  /** Name of the MutatingWebhookConfiguration. */
  readonly webhook?: string;
  readonly force: boolean;
}

/** So many are listed; the others are counted. */
const SHOWN = 50;

/**
 * What comes before a release is deleted: nobody may be left behind who names its scheduler or its PriorityClasses, and the
 * webhook goes while the service still answers.
 *
 * @throws TemperError
 */
export async function leave(context: Context, options: LeaveOptions): Promise<Result> {
  const kube = await connectKube(context);
  try {
    const users = await findUsers(kube, options);
    const out = options.webhook === undefined ? null : await wayOut(kube, context.options.agentNamespace);
    const stays = users.length > 0 && !options.force;
    const webhookDeleted = options.webhook !== undefined && !stays;
    if (options.webhook !== undefined && !stays) await deleteWebhook(kube, options.webhook);
    return {
      kind: 'Leave',
      data: { users, webhookDeleted, ...out },
      text: () =>
        `${usersText(users)}${out === null ? '' : wayOutText(out)}${webhookDeleted ? `${options.webhook} is deleted\n` : ''}`,
      ...(stays && { problem: new TemperError('TMP3232', named(users)) }),
    };
  } finally {
    kube.close();
  }
}

async function findUsers(kube: Kube, { schedulerName, priorityClasses }: LeaveOptions): Promise<User[]> {
  const classes = new Set(priorityClasses ? TIERS.map((tier) => `temper-${tier}`) : []);
  if (schedulerName === undefined && classes.size === 0) return [];
  const wanted = { classes, ...(schedulerName !== undefined && { schedulerName }) };
  const users: User[] = [];
  for (const resource of userResources(wanted)) {
    for (const found of (await kube.list(resource)).values()) if (found !== 'other') users.push(found);
  }
  return users;
}

async function deleteWebhook(kube: Kube, name: string): Promise<void> {
  const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${encodeURIComponent(name)}`;
  const { status, body } = await kube.send({ method: 'DELETE', path, body: {} });
  if (status === 404 || (status >= 200 && status < 300)) return;
  const id = status === 401 ? 'TMP3224' : status === 403 ? 'TMP3225' : 'TMP3003';
  throw new TemperError(id, `${name}: ${status} ${readStatus(body).message}`);
}

function named(users: readonly User[]): string {
  const [first] = users;
  return `${count(users.length, 'workload')}, ${first?.kind} ${first?.namespace}/${first?.name} for one`;
}

function usersText(users: readonly User[]): string {
  if (users.length === 0) return 'no workload names anything of temper\n';
  const rows = users
    .slice(0, SHOWN)
    .map(({ kind, namespace, name, uses }) => [kind, `${namespace}/${name}`, uses.join(', ')]);
  const more = users.length > SHOWN ? `and ${users.length - SHOWN} more\n` : '';
  return `${table([{ title: 'KIND' }, { title: 'NAME' }, { title: 'NAMES' }], rows)}${more}`;
}
