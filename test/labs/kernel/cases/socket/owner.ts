/** Whose the socket is. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { SOCKET } from '../../guest/truth.ts';

const NOBODY = '65534';
const CONNECT = `require('net').connect(process.argv[1]).on('connect',()=>{console.log('connected');process.exit()}).on('error',({code})=>{console.log(code);process.exit()})`;

const run = promisify(execFile);

/** By its mode, and by trying: root as the control, then somebody else. */
export async function rootsAlone(): Promise<void> {
  const { mode, uid, gid } = statSync(SOCKET);
  assert.deepEqual([mode & 0o077, uid, gid], [0, 0, 0]);
  const words = ['-e', CONNECT, SOCKET];
  assert.equal((await run(process.execPath, words)).stdout.trim(), 'connected');
  const asNobody = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', process.execPath, ...words];
  assert.equal((await run('setpriv', asNobody)).stdout.trim(), 'EACCES');
}
