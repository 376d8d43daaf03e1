import type { Case } from '../../../../e2e/case.ts';
import { APPLIES_CASES } from './applies.ts';
import { CERT_MANAGER_CASES } from './cert-manager.ts';
import { CERTIFICATE_CASES } from './certificate.ts';
import { FLEET_CASES } from './fleet.ts';
import { LIFE_CASES } from './life.ts';
import { PREFLIGHT_CASES } from './preflight.ts';
import { TLS_MODE_CASES } from './tls-modes.ts';
import { UPGRADE_CASES } from './upgrade.ts';

export const CHART_CASES: readonly Case[] = [
  ...LIFE_CASES,
  ...UPGRADE_CASES,
  ...FLEET_CASES,
  ...APPLIES_CASES,
  ...CERTIFICATE_CASES,
  ...PREFLIGHT_CASES,
  ...CERT_MANAGER_CASES,
  ...TLS_MODE_CASES,
];
