import type { KubeObject } from '../api/objects.ts';

/** Who asks, as the API server tells a webhook. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The administrator of a cluster made by hand. */
export const ADMIN: UserInfo = {
  username: 'admin',
  groups: ['system:masters', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${'0'.repeat(64)}`] },
};

/** Query parameters of a create request, which webhooks see. */
export interface CreateOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string | undefined;
  readonly fieldValidation?: string | undefined;
}

/** A pod on its way in. */
export interface PodAdmission {
  readonly namespace: KubeObject;
  /** The name in the request; absent where only `generateName` is given. */
  readonly name: string | undefined;
  readonly user: UserInfo;
  readonly options: CreateOptions;
}

/** What the admission plugins read of the cluster. */
export interface ClusterView {
  /** The objects of a resource in a namespace, or all where none is given. */
  objects(resource: string, namespace?: string): KubeObject[];
}
