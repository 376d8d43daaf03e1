/** Kubernetes' `Status` objects: how the API server says no. */

export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** The resource and group that a message names, e.g. `horizontalpodautoscalers.autoscaling`. */
export interface Named {
  readonly plural: string;
  readonly kind: string;
  readonly group: string;
}

/** A refusal; thrown by every verb of the stand-in. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Omit<Status, 'kind' | 'apiVersion' | 'metadata' | 'status'>, continueToken?: string) {
    super(status.message);
    this.name = 'StatusError';
    const metadata = continueToken === undefined ? {} : { continue: continueToken };
    this.status = { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', ...status };
  }
}

export function success(code: number, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details && { details }),
    code,
  };
}
