import { BRIDGE_ADDRESS, isInOwnNetwork } from '../host/network.ts';
import { addressOf } from './address.ts';

/** Where a control plane listens. */
export interface Site {
  readonly address: string;
  /** Whether the addresses of Services and pods lead anywhere. */
  readonly hasServices: boolean;
}

/** The bridge of a network of our own, or an address of this machine's loopback that nobody else has. */
export function siteHere(): Site {
  if (isInOwnNetwork()) return { address: BRIDGE_ADDRESS, hasServices: true };
  return { address: addressOf(process.pid), hasServices: false };
}
