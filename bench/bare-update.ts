// The least that lies between a watch event and a live update: read a chunk of a stream, open a socket and
// write a line. `node bench/bare-update.ts URL SOCKET`; ends with its parent.
import { get } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [url = '', socketPath = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit());

get(url, (response) => {
  createInterface({ input: response }).on('line', (line) => {
    const { object } = JSON.parse(line) as { object: { metadata: { uid: string } } };
    const socket = connect(socketPath, () => socket.end(`${JSON.stringify({ req: 'ctl', args: object.metadata })}\n`));
  });
});
