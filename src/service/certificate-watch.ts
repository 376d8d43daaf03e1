import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { watchFiles } from '../config/file-watch.ts';
import type { Clock } from '../model/clock.ts';
import { TemperError } from '../model/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Config } from './config/settings.ts';
import { type Certificate, readCertificate } from './tls.ts';

export interface CertificateWatchDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * Swaps the serving certificate when its files change: open connections stay as they are, new ones get
 * the new certificate. A pair that is not usable is refused and the old one kept, as happens for a
 * moment while the two files are being replaced one after the other.
 */
export function watchCertificate(app: FastifyInstance, first: Certificate, deps: CertificateWatchDeps) {
  const { config, clock, metrics, logger } = deps;
  const certFile = config['server.tls.certFile'];
  const keyFile = config['server.tls.keyFile'];
  const reloads = metrics.counter('temper_service_certificate_reloads_total');
  const expiry = metrics.gauge('temper_service_certificate_expiry_timestamp_seconds');
  expiry.set(first.expiresAt / 1000);

  return watchFiles([certFile, keyFile], config['server.reloadMs'], clock, () => {
    try {
      const { cert, key, expiresAt } = readCertificate(certFile, keyFile);
      (app.server as Server).setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
      expiry.set(expiresAt / 1000);
      reloads.inc({ outcome: 'applied' });
      logger.info({ expiresAt: new Date(expiresAt).toISOString() }, 'certificate replaced');
    } catch (error) {
      reloads.inc({ outcome: 'refused' });
      const why = error instanceof TemperError ? error.detail : 'the TLS library refuses it';
      logger.error({ error: 'TMP1102' }, `TMP1102: new certificate refused, the old one is kept: ${why}`);
    }
  });
}
