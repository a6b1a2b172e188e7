import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';

/** The process of `bareAedes`: what the first page of aedes' own documentation shows. */

const broker = await Aedes.createBroker();
// With Nagle's algorithm a second small write waits 40 ms for the client, and nothing else would be measured.
const server = createServer({ noDelay: true }, broker.handle);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
