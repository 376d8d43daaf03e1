import { formatAmount, parseAmount, ZERO } from '../amount.ts';
import { metadataProblems } from '../api/metadata-validation.ts';
import { type ContainerSpec, own, type PodObject, type ResourceRequirements } from '../api/objects.ts';
import type { FieldProblem } from '../api/refusals.ts';
import { containersTogether, readHoldings } from '../pod-amounts.ts';

/** A container name is a DNS label. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Pod validation as far as a webhook could break it: names, requests against limits, quantities,
 * pod-level resources, metadata. That CPU is whole millicores needs no check here: decoding rounds.
 */
export function podProblems(pod: PodObject): FieldProblem[] {
  const { containers, initContainers = [], resources, overhead = {} } = pod.spec;
  const required: FieldProblem[] =
    containers.length > 0
      ? []
      : [{ field: 'spec.containers', reason: 'FieldValueRequired', message: 'Required value' }];
  return [
    ...metadataProblems(pod.metadata),
    ...required,
    ...namesProblems(containers, initContainers),
    ...listProblems('spec.containers', containers),
    ...listProblems('spec.initContainers', initContainers),
    ...(resources === undefined ? [] : levelProblems(pod, resources)),
    ...negativeProblems('spec.overhead', overhead),
  ];
}

function namesProblems(containers: readonly ContainerSpec[], initContainers: readonly ContainerSpec[]): FieldProblem[] {
  const seen = new Set<string>();
  const check = (field: string, name: string): FieldProblem[] => {
    const isSecond = seen.has(name);
    seen.add(name);
    if (name === '') return [{ field, reason: 'FieldValueRequired', message: 'Required value' }];
    const shown = JSON.stringify(name);
    if (isSecond) return [{ field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown}` }];
    if (DNS_LABEL.test(name)) return [];
    return [invalid(field, `Invalid value: ${shown}: a lowercase RFC 1123 label is required`)];
  };
  return [
    ...containers.flatMap(({ name }, index) => check(`spec.containers[${index}].name`, name)),
    ...initContainers.flatMap(({ name }, index) => check(`spec.initContainers[${index}].name`, name)),
  ];
}

function listProblems(field: string, containers: readonly ContainerSpec[]): FieldProblem[] {
  return containers.flatMap(({ image = '', resources = {} }, index) => [
    ...(image === '' ? [required(`${field}[${index}].image`)] : []),
    ...requirementsProblems(`${field}[${index}].resources`, resources),
  ]);
}

function requirementsProblems(field: string, { requests = {}, limits = {} }: ResourceRequirements): FieldProblem[] {
  const above = Object.entries(requests).flatMap(([name, text]) => {
    const limit = own(limits, name);
    if (limit === undefined || nano(text) <= nano(limit)) return [];
    const why = `must be less than or equal to ${name} limit of ${limit}`;
    return [invalid(`${field}.requests`, `Invalid value: ${JSON.stringify(text)}: ${why}`)];
  });
  return [...negativeProblems(`${field}.limits`, limits), ...negativeProblems(`${field}.requests`, requests), ...above];
}

function negativeProblems(field: string, list: Readonly<Record<string, string>>): FieldProblem[] {
  return Object.entries(list)
    .filter(([, text]) => nano(text) < 0n)
    .map(([name, text]) =>
      invalid(`${field}[${name}]`, `Invalid value: ${JSON.stringify(text)}: must be greater than or equal to 0`),
    );
}

/** Pod-level requests hold those of the containers; no container's limit is above the pod's. */
function levelProblems({ spec }: PodObject, level: ResourceRequirements): FieldProblem[] {
  const together = containersTogether(readHoldings(spec), ({ requests }) => requests);
  const tooSmall = [...together].flatMap(([name, amount]) => {
    const request = own(level.requests, name);
    if (request === undefined || amount.nano <= nano(request)) return [];
    const why = `must be greater than or equal to aggregate container requests of ${formatAmount(amount)}`;
    return [invalid(`spec.resources.requests[${name}]`, `Invalid value: ${JSON.stringify(request)}: ${why}`)];
  });
  const tooLarge = spec.containers.flatMap(({ resources }, index) =>
    Object.entries(resources?.limits ?? {}).flatMap(([name, text]) => {
      const limit = own(level.limits, name);
      if (limit === undefined || nano(text) <= nano(limit)) return [];
      const why = `must be less than or equal to pod limits of ${limit}`;
      const field = `spec.resources.containers[${index}][${name}].limits`;
      return [invalid(field, `Invalid value: ${JSON.stringify(text)}: ${why}`)];
    }),
  );
  return [...requirementsProblems('spec.resources', level), ...tooSmall, ...tooLarge];
}

function nano(text: string): bigint {
  return (parseAmount(text) ?? ZERO).nano;
}

function required(field: string): FieldProblem {
  return { field, reason: 'FieldValueRequired', message: 'Required value' };
}

function invalid(field: string, message: string): FieldProblem {
  return { field, reason: 'FieldValueInvalid', message };
}
