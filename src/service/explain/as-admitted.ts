/**
 * A posted manifest as it would look when admission webhooks see it: the API server has then copied
 * CPU and memory limits to the requests that are missing. Anything of an odd form is passed on as it is.
 */
export function asAdmitted(object: unknown): unknown {
  if (!isObject(object) || !isObject(object['spec'])) return object;
  const spec = { ...object['spec'] };
  for (const list of ['containers', 'initContainers']) {
    const containers = spec[list];
    if (Array.isArray(containers)) spec[list] = containers.map(withRequests);
  }
  return { ...object, spec };
}

function withRequests(container: unknown): unknown {
  if (!isObject(container) || !isObject(container['resources'])) return container;
  const { limits, requests } = container['resources'];
  if (!isObject(limits)) return container;
  const given = isObject(requests) ? requests : {};
  return { ...container, resources: { ...container['resources'], requests: { ...limits, ...given } } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
