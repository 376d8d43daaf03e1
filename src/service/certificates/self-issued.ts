import { pause } from '../../kube/pause.ts';
import type { Clock } from '../../model/clock.ts';
import { TemperError } from '../../model/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { stackOf } from '../../telemetry/stack.ts';
import type { Certificate } from '../tls.ts';
import type { Issuer } from './issuer.ts';
import { lifeOf, type Material } from './plan.ts';

export interface SelfIssuedDeps {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each certificate that is another than before. */
  readonly use: (certificate: Certificate) => void;
}

export interface SelfIssued {
  /** Null once there is a certificate to serve, else why not. */
  readonly missing: () => string | null;
  stop(): Promise<void>;
}

/** A look a minute: what another replica has renewed is taken up within that. */
const LOOK_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
/** After a change of `tls.mode` that failed and was rolled back, pods are unscaled until the next look. */
const MAX_RETRY_MS = 5_000;

/** Looks again and again, until it is stopped. What is served stays in force while the API server is away. */
export function startSelfIssued({ issuer, clock, logger, use }: SelfIssuedDeps): SelfIssued {
  const controller = new AbortController();
  let problem: string | null = 'not issued yet';
  let said = '';
  let served = '';
  let joined = false;
  let retryMs = FIRST_RETRY_MS;

  const take = (material: Material, step: string): void => {
    const { cert, key } = material.serving;
    problem = null;
    if (cert === served) return;
    const { to } = lifeOf(cert);
    use({ cert: Buffer.from(cert), key: Buffer.from(key), expiresAt: to });
    served = cert;
    logger.info({ step, expiresAt: new Date(to).toISOString() }, 'certificate in use');
  };

  const look = async (): Promise<number> => {
    try {
      const { material, step } = await issuer.secure(controller.signal);
      // Before it is ready: where certificates of another authority are being replaced, the first call finds it trusted.
      if (!joined) await issuer.join(material.bundle, controller.signal);
      joined = true;
      take(material, step);
      if (await issuer.publish(material.bundle, controller.signal)) {
        logger.info({}, "the webhook's configuration trusts our certificate now");
      }
      said = '';
      retryMs = FIRST_RETRY_MS;
      return LOOK_MS;
    } catch (error) {
      if (controller.signal.aborted) return 0;
      tell(error);
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
      return retryMs;
    }
  };

  const tell = (error: unknown): void => {
    const isKnown = error instanceof TemperError;
    const text = isKnown ? error.detail : 'the issuer failed';
    if (problem !== null) problem = text;
    if (text === said) return;
    said = text;
    logger.error({ error: 'TMP1103', ...(!isKnown && { stack: stackOf(error) }) }, `TMP1103: ${text}`);
  };

  const running = (async () => {
    while (!controller.signal.aborted) await pause(clock, await look(), controller.signal);
  })();

  return {
    missing: () => problem,
    async stop() {
      controller.abort();
      await running;
    },
  };
}
