import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { issue, makeCa } from '../test/support/certificates.ts';

/** What a process finds in a pod: the address of the API server, and the mounted account. */
export interface InPod {
  readonly environment: Readonly<Record<string, string>>;
  /** The directory with the token and the CA. */
  readonly serviceAccount: string;
  close(): void;
}

/** Lets a process reach the embedded cluster as a pod reaches its own: over TLS, with a ServiceAccount. */
export async function inPod(url: string, token: string): Promise<InPod> {
  const ca = makeCa();
  const { cert, key } = issue(ca, { commonName: 'kubernetes', ips: ['127.0.0.1'] });
  const serviceAccount = mkdtempSync(join(tmpdir(), 'temper-account-'));
  writeFileSync(join(serviceAccount, 'token'), token);
  writeFileSync(join(serviceAccount, 'ca.crt'), ca.cert);
  const open = new Set<TLSSocket>();
  const server = createServer({ cert, key }, (socket) => {
    const onward = connect(Number(new URL(url).port), '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) },
    serviceAccount,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
      rmSync(serviceAccount, { recursive: true, force: true });
    },
  };
}
