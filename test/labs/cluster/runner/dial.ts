// Not for people: a port of the loopback that this process has, by standard input and output.
import { connect } from 'node:net';

const port = Number(process.argv[2]);
const socket = connect(port, '127.0.0.1');
socket.on('error', ({ message }) => {
  process.stderr.write(`error forwarding port ${port}: ${message}`);
  process.exitCode = 1;
});
// Standard input stays open longer.
socket.on('close', () => process.exit());
process.stdin.pipe(socket).pipe(process.stdout);
