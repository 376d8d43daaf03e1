import { type ServiceError, status } from '@grpc/grpc-js';
import { ERRORS, type ErrorId, TemperError } from '../../model/errors.ts';

const BY_CODE: Partial<Record<status, ErrorId>> = {
  [status.UNAVAILABLE]: 'TMP3222',
  [status.CANCELLED]: 'TMP3222',
  [status.DEADLINE_EXCEEDED]: 'TMP3226',
  [status.UNAUTHENTICATED]: 'TMP3224',
  [status.PERMISSION_DENIED]: 'TMP3225',
};

const MAX_DETAIL = 500;

/** A failed call: the agent's own error where it has an id, else what gRPC's code means. */
export function grpcError(error: ServiceError): TemperError {
  const own = /^(TMP\d{4}): (.*)$/s.exec(error.details);
  const id = own?.[1];
  if (own !== null && isErrorId(id)) {
    const rest = own[2] ?? '';
    const title = `${ERRORS[id].title}: `;
    return new TemperError(id, (rest.startsWith(title) ? rest.slice(title.length) : rest).slice(0, MAX_DETAIL));
  }
  const known = BY_CODE[error.code];
  return new TemperError(
    known ?? 'TMP3228',
    `${status[error.code] ?? error.code}: ${error.details.replace(/\s*Resolution note:.*$/s, '').slice(0, MAX_DETAIL)}`,
  );
}

function isErrorId(id: string | undefined): id is ErrorId {
  return id !== undefined && Object.hasOwn(ERRORS, id);
}
