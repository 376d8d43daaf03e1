import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { KubeSender, KubeTransport } from '../../kube/transport.ts';
import type { ReadinessCheck } from '../../telemetry/health.ts';
import { type CertificateWatchDeps, watchCertificate } from '../certificate-watch.ts';
import { type Certificate, readCertificate } from '../tls.ts';
import { createIssuer } from './issuer.ts';
import { type SelfIssued, startSelfIssued } from './self-issued.ts';
import { makeAuthority } from './x509.ts';

export interface KeeperDeps extends CertificateWatchDeps {
  readonly transport: KubeTransport & KubeSender;
}

/** Who has the certificate that is served: files that somebody else writes, or the service itself. */
export interface CertificateKeeper {
  /** To begin to listen with. */
  readonly first: Certificate;
  readonly check: ReadinessCheck;
  /** Replaces it in a server that listens, from now on. */
  start(app: FastifyInstance): void;
  stop(): Promise<void>;
}

/** @throws TemperError TMP1101 for files that are not usable */
export function certificateKeeper(deps: KeeperDeps): CertificateKeeper {
  return deps.config['server.tls.self.secret'] === '' ? ofFiles(deps) : ofOurOwn(deps);
}

function ofFiles(deps: KeeperDeps): CertificateKeeper {
  const { config } = deps;
  const first = readCertificate(config['server.tls.certFile'], config['server.tls.keyFile']);
  let watch: { stop(): void } | undefined;
  return {
    first,
    check: { name: 'certificate', check: () => null },
    start(app) {
      watch = watchCertificate(app, first, deps);
    },
    stop: () => Promise.resolve(watch?.stop()),
  };
}

const HOUR_MS = 3_600_000;

/** It begins with a certificate that nobody trusts, and is not ready until it has a better one. */
function ofOurOwn({ config, clock, metrics, logger, transport }: KeeperDeps): CertificateKeeper {
  const now = clock.now();
  const { cert, key } = makeAuthority('temper is starting', { from: now - HOUR_MS, to: now + HOUR_MS });
  const issuer = createIssuer({
    transport,
    sender: transport,
    clock,
    namespace: config.releaseNamespace,
    secret: config['server.tls.self.secret'],
    service: config['server.tls.self.service'],
    webhookConfiguration: config['server.tls.self.webhookConfiguration'],
    handoverConfiguration: config['server.tls.self.handoverConfiguration'],
  });
  const reloads = metrics.counter('temper_service_certificate_reloads_total');
  const expiry = metrics.gauge('temper_service_certificate_expiry_timestamp_seconds');
  let issued: SelfIssued | undefined;
  return {
    first: { cert: Buffer.from(cert), key: Buffer.from(key), expiresAt: now + HOUR_MS },
    check: { name: 'certificate', check: () => (issued === undefined ? 'not issued yet' : issued.missing()) },
    start(app) {
      const use = (certificate: Certificate): void => {
        (app.server as Server).setSecureContext({
          cert: certificate.cert,
          key: certificate.key,
          minVersion: 'TLSv1.2',
        });
        expiry.set(certificate.expiresAt / 1000);
        reloads.inc({ outcome: 'applied' });
      };
      issued = startSelfIssued({ issuer, clock, logger, use });
    },
    stop: async () => await issued?.stop(),
  };
}
