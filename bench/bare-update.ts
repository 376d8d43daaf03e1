// The least that lies between a watch event and a live update: read a chunk of a stream, wait for the debounce, open
// a socket and write a line. `node bench/bare-update.ts URL SOCKET DEBOUNCE_MS`; ends with its parent.
import { get } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [url = '', socketPath = '', debounceMs = '0'] = process.argv.slice(2);
process.on('disconnect', () => process.exit());

get(url, (response) => {
  createInterface({ input: response }).on('line', (line) => {
    const { object } = JSON.parse(line) as { object: { metadata: { uid: string } } };
    setTimeout(() => {
      const socket = connect(socketPath, () =>
        socket.end(`${JSON.stringify({ req: 'ctl', args: object.metadata })}\n`),
      );
    }, Number(debounceMs));
  });
});
