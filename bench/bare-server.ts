// The least that Fastify does for an admission review: HTTPS, parse the body, answer with its uid and a patch of the
// same size as temper's. `node bench/bare-server.ts CERT KEY`; tells its parent `{ port }`.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';

const [certFile = '', keyFile = ''] = process.argv.slice(2);
const app = fastify({ https: { cert: readFileSync(certFile), key: readFileSync(keyFile) }, bodyLimit: 8_388_608 });
const patches = new Map<string, string>();

app.post<{ Body: { request: { uid: string } }; Querystring: { patch?: string } }>('/mutate', (request, reply) => {
  const size = request.query.patch ?? '0';
  const patch = patches.get(size) ?? 'A'.repeat(Number(size));
  patches.set(size, patch);
  const { uid } = request.body.request;
  const response = { uid, allowed: true, patchType: 'JSONPatch', patch };
  return reply.send({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response });
});

await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: (app.server.address() as AddressInfo).port });
