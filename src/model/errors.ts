/**
 * Every error that a user can meet: a stable id, what causes it, what to do. The page
 * docs/reference/errors.md is held to this table in both directions by a test.
 */
export interface ErrorEntry {
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

export const ERRORS = {
  TMP1001: {
    title: 'configuration file not readable',
    cause: 'The file given by --config or TEMPER_CONFIG does not exist or may not be read.',
    remedy: 'Check the path and the rights; in a pod, check that the ConfigMap is mounted.',
  },
  TMP1002: {
    title: 'configuration file is not YAML',
    cause: 'The file is not valid YAML (JSON is YAML too), or is not a mapping.',
    remedy: 'Mend the line that the message names.',
  },
  TMP1003: {
    title: 'unknown configuration key',
    cause:
      "A key in the file, the environment or the flags is none of temper's; a typing error would otherwise be silent.",
    remedy: 'Use the key that the message suggests, or see docs/reference/configuration.md.',
  },
  TMP1004: {
    title: 'configuration value not valid',
    cause: 'A value has the wrong type or is out of its range.',
    remedy: 'Give a value as the message says; docs/reference/configuration.md has the ranges.',
  },
  TMP1005: {
    title: 'new configuration refused',
    cause: 'The configuration file changed while the service runs, and the new text is not valid.',
    remedy: 'Mend the file; the service goes on with the configuration it had.',
  },
  TMP1006: {
    title: 'configuration change needs a restart',
    cause: 'A key that is read only at start changed in the file.',
    remedy: 'Restart the service (a rollout restart loses no request); all other keys are in force already.',
  },
  TMP1101: {
    title: 'certificate or key not usable',
    cause: 'A file of the serving certificate is missing, is not PEM, or the key does not belong to the certificate.',
    remedy: 'Check webhook certificates (cert-manager: kubectl describe certificate); at start the service exits.',
  },
  TMP1102: {
    title: 'new certificate refused',
    cause: 'The certificate files changed, and the new pair is not usable.',
    remedy: 'Renew the pair; the service goes on serving the certificate it had until that expires.',
  },
  TMP1201: {
    title: 'cannot listen',
    cause: 'The address is in use, or the process may not bind it.',
    remedy: 'Free the port or change it under `server`.',
  },
  TMP2001: {
    title: 'body is not JSON',
    cause: 'The request body is empty, truncated, not UTF-8 or not JSON.',
    remedy: 'Send the whole body as application/json in UTF-8.',
  },
  TMP2002: {
    title: 'body too large',
    cause: 'The request body is above `server.bodyLimitBytes`.',
    remedy: 'For the extender set `nodeCacheCapable: true`, which sends node names only; else raise the limit.',
  },
  TMP2003: {
    title: 'content type not supported',
    cause: 'The request has a body that is not declared as application/json.',
    remedy: 'Send `content-type: application/json`.',
  },
  TMP2004: {
    title: 'not an AdmissionReview',
    cause: 'The body is JSON but has no `request.uid` to answer to.',
    remedy: 'Only the API server calls this route; to try a pod, post it to /explain/pod.',
  },
  TMP2005: {
    title: 'not ExtenderArgs',
    cause: 'The body has no pod, or no node names and no nodes.',
    remedy: 'Only kube-scheduler calls this route; see docs/reference/http.md.',
  },
  TMP2006: {
    title: 'no such route',
    cause: "The path is none of this port's.",
    remedy: 'See docs/reference/http.md for the routes of each port.',
  },
  TMP2007: {
    title: 'method not allowed',
    cause: 'The path exists, but not for this method.',
    remedy: 'Use the method named in the Allow header.',
  },
  TMP2008: {
    title: 'too many bytes in flight',
    cause: 'The bodies being read at this moment add up to `server.inFlightBytes`.',
    remedy: 'Try again; if it lasts, look for a client that sends large bodies slowly.',
  },
  TMP2009: {
    title: 'nested too deep',
    cause: 'The JSON nests deeper than any Kubernetes object.',
    remedy: 'Send a Kubernetes object.',
  },
  TMP2010: {
    title: 'not seen lately',
    cause: 'The pod or node is not known here: it is gone, or the watch has not shown it yet.',
    remedy: 'Check the name; after a restart wait until /readyz answers 200.',
  },
  TMP2011: {
    title: 'request too slow',
    cause: 'The client did not send the whole request within `server.requestTimeoutMs`.',
    remedy: 'Check the network between the API server and this pod.',
  },
  TMP2012: {
    title: 'not valid HTTP',
    cause: 'The bytes on the connection are not an HTTP/1.1 request, or its headers are too large.',
    remedy: 'Check what is talking to this port; plain HTTP on the TLS port ends here too.',
  },
  TMP2013: {
    title: 'temper failed',
    cause:
      'An error in temper itself; the log has its stack. The webhook and the extender answer harmlessly all the same.',
    remedy: 'Report it with the log line.',
  },
  TMP3001: {
    title: 'no way to the API server',
    cause: 'No kubeconfig was found or given, and the process does not run in a pod.',
    remedy: 'Set KUBECONFIG, `kube.kubeconfig` or --kube-kubeconfig; in a pod mount a ServiceAccount token.',
  },
  TMP3002: {
    title: 'list-watch not allowed',
    cause: 'The API server answers 401 or 403 to a list or watch.',
    remedy: 'Bind the ClusterRole of docs/reference/rbac.md to the ServiceAccount; it is tried again by itself.',
  },
  TMP3003: {
    title: 'API server not reachable',
    cause: 'A list or watch failed on the network or with a server error.',
    remedy: 'Nothing to do if it passes: the last known state stays in force. Otherwise check network policies.',
  },
  TMP3004: {
    title: 'answer to a list-watch not understood',
    cause: 'Something answers that is no Kubernetes API server, or the API server does not serve this resource.',
    remedy:
      'Check the server in the kubeconfig, proxies on the way, and the version of Kubernetes; it is tried again by itself.',
  },
  TMP3005: {
    title: 'list-watch failed inside temper',
    cause: 'A fault of temper itself while it took in an object. The objects are listed again.',
    remedy: 'Please report it with the message.',
  },
  TMP4001: {
    title: 'the scheduler does not follow the extender',
    cause:
      'Pods are bound to nodes that the extender did not prefer, no more often right than by chance. kube-scheduler drops an ' +
      'answer it cannot use without a word, and other score plugins can outweigh a small weight.',
    remedy:
      "Check urlPrefix, caFile and httpTimeout of the extender in the scheduler's configuration; then raise its weight.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorId = keyof typeof ERRORS;

/** An error with an id of the table. The message is `ID: title: detail`. */
export class TemperError extends Error {
  readonly id: ErrorId;
  /** What is particular to this case; never a secret. */
  readonly detail: string;

  constructor(id: ErrorId, detail: string, options?: ErrorOptions) {
    super(`${id}: ${ERRORS[id].title}: ${detail}`, options);
    this.name = 'TemperError';
    this.id = id;
    this.detail = detail;
  }

  get remedy(): string {
    return ERRORS[this.id].remedy;
  }
}

/** The body of an HTTP answer that refuses a request. */
export function errorBody(id: ErrorId, detail?: string) {
  const { title, remedy } = ERRORS[id];
  return { error: { id, message: detail === undefined ? title : `${title}: ${detail}`, remedy } };
}
