import { type Named, type StatusDetails, StatusError } from './status.ts';

/** The API server's refusals, each with its code, reason and words. */

export function badRequest(message: string): StatusError {
  return new StatusError({ message, reason: 'BadRequest', code: 400 });
}

export function unauthorized(): StatusError {
  return new StatusError({ message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
}

export function forbidden(resource: Named, name: string, why: string): StatusError {
  const message = `${qualified(resource)} ${JSON.stringify(name)} is forbidden: ${why}`;
  return new StatusError({ message, reason: 'Forbidden', details: details(resource, name), code: 403 });
}

export function notFound(resource: Named, name: string): StatusError {
  const message = `${qualified(resource)} ${JSON.stringify(name)} not found`;
  return new StatusError({ message, reason: 'NotFound', details: details(resource, name), code: 404 });
}

export function noSuchPath(): StatusError {
  return new StatusError({
    message: 'the server could not find the requested resource',
    reason: 'NotFound',
    details: {},
    code: 404,
  });
}

export function methodNotAllowed(): StatusError {
  return new StatusError({
    message: 'the server does not allow this method on the requested resource',
    reason: 'MethodNotAllowed',
    details: {},
    code: 405,
  });
}

export function notAcceptable(message: string): StatusError {
  return new StatusError({ message, reason: 'NotAcceptable', code: 406 });
}

export function alreadyExists(resource: Named, name: string): StatusError {
  const message = `${qualified(resource)} ${JSON.stringify(name)} already exists`;
  return new StatusError({ message, reason: 'AlreadyExists', details: details(resource, name), code: 409 });
}

export function conflict(resource: Named, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${JSON.stringify(name)}: ${why}`;
  return new StatusError({ message, reason: 'Conflict', details: details(resource, name), code: 409 });
}

/** A resource version that the store no longer has. The token, where given, lets a list go on inconsistently. */
export function expired(message: string, continueToken?: string): StatusError {
  return new StatusError({ message, reason: 'Expired', code: 410 }, continueToken);
}

export function tooLarge(limit: number): StatusError {
  return new StatusError({
    message: `Request entity too large: limit is ${limit}`,
    reason: 'RequestEntityTooLarge',
    code: 413,
  });
}

export function unsupportedMediaType(accepted: string): StatusError {
  return new StatusError({
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
    reason: 'UnsupportedMediaType',
    code: 415,
  });
}

/** A problem with a field of the object: `spec.containers[0].name: Required value`. */
export interface FieldProblem {
  readonly field: string;
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueDuplicate'
    | 'FieldValueTooLong'
    | 'FieldValueForbidden';
  readonly message: string;
}

export function invalid({ group, kind }: Named, name: string, problems: readonly FieldProblem[]): StatusError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const why = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const message = `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)} is invalid: ${why}`;
  const causes = problems.map(({ reason, message: text, field }) => ({ reason, message: text, field }));
  return new StatusError({
    message,
    reason: 'Invalid',
    details: { name, ...(group && { group }), kind, causes },
    code: 422,
  });
}

export function internalError(why: string): StatusError {
  return new StatusError({
    message: `Internal error occurred: ${why}`,
    reason: 'InternalError',
    details: { causes: [{ message: why }] },
    code: 500,
  });
}

/** A resource version that is yet to come. */
export function versionAhead(asked: number, current: number): StatusError {
  return new StatusError({
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    reason: 'Timeout',
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
    code: 504,
  });
}

function qualified({ plural, group }: Named): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function details({ plural, group }: Named, name: string): StatusDetails {
  return { name, ...(group && { group }), kind: plural };
}
