import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { part } from '../../../../scripts/making/cache.ts';
import { moduleFolder, moduleVersion } from './from-modules.ts';

/** What the operators publish whose kinds our chart uses: their CRDs, and cert-manager's chart. */

const CERT_MANAGER = 'github.com/cert-manager/cert-manager';
const PROMETHEUS_OPERATOR = 'github.com/prometheus-operator/prometheus-operator';
/** Those of our chart. */
const CRDS: ReadonlyArray<readonly [module: string, name: string, files: readonly string[]]> = [
  ['cert-manager', CERT_MANAGER, crds('deploy/crds', 'cert-manager.io', 'certificates', 'issuers')],
  [
    'prometheus-operator',
    PROMETHEUS_OPERATOR,
    crds(
      'example/prometheus-operator-crd',
      'monitoring.coreos.com',
      'podmonitors',
      'prometheusrules',
      'servicemonitors',
    ),
  ],
];

function crds(folder: string, group: string, ...kinds: readonly string[]): string[] {
  return kinds.map((kind) => `${folder}/${group}_${kind}.yaml`);
}

/** @returns a folder of YAML files, one for each kind */
export function operatorCrds(cache: string): string {
  const versions = CRDS.map(([module, name]) => moduleVersion(module, name));
  return part(cache, `operator-crds-${versions.join('-')}`, (growing) => {
    for (const [module, name, files] of CRDS) {
      const from = moduleFolder(cache, module, name);
      for (const file of files) cpSync(join(from, file), join(growing, basename(file)));
    }
  });
}

/** With its version where the module has v0.0.0, as its release fills it in. @returns its folder */
export function certManagerChart(cache: string): string {
  const version = moduleVersion('cert-manager', CERT_MANAGER);
  const folder = part(cache, `cert-manager-chart-${version}`, (growing) => {
    const chart = join(growing, 'cert-manager');
    mkdirSync(chart);
    cpSync(join(moduleFolder(cache, 'cert-manager', CERT_MANAGER), 'deploy/charts/cert-manager'), chart, {
      recursive: true,
    });
    const about = join(chart, 'Chart.yaml');
    const text = readFileSync(about, 'utf8');
    // Go's files are read-only, and so is the copy.
    rmSync(about);
    writeFileSync(about, text.replaceAll('v0.0.0', version));
  });
  return join(folder, 'cert-manager');
}
