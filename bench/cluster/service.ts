import {
  type ServiceProcess,
  type ServiceProcessOptions,
  startServiceProcess,
} from '../../test/support/service-process.ts';

/** The service as an image holds it, ready, its log read and dropped. */
export async function startBundle(
  kubeconfig: string,
  settings: ServiceProcessOptions['settings'] = {},
): Promise<ServiceProcess> {
  const service = startServiceProcess({ kubeconfig, settings, entry: 'dist/service.mjs' });
  await service.ready();
  service.quiet();
  return service;
}
