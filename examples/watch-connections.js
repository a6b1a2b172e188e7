// Prints who connects, leaves or is refused something, a line an event. When it was cut off from the broker, it goes on behind
// the last event, so that nothing is missed and nothing comes twice:
// APP=<id>:<secret> node examples/watch-connections.js [ws://localhost:8080/graphql]
import { ask, events, openClient } from './client.js';

const client = openClient(process.argv[2]);
const query = `subscription ($after: String) {
  connectionEvents(after: $after) {
    __typename cursor at clientId ipAddress
    ... on ClientDisconnected { reason }
    ... on ClientRefused { action message }
  }
}`;

const deeds = {
  ClientConnected: () => 'connected',
  ClientDisconnected: ({ reason }) => `disconnected (${reason})`,
  ClientKicked: () => 'was kicked',
  ClientTakenOver: () => 'was taken over by a newer connection',
  ClientRefused: ({ action, message }) => `was refused ${action}: ${message}`,
};

const { brokers } = await ask(client, '{ brokers { datetime } }');
for await (const event of events(client, query, brokers[0].datetime)) {
  // The client id is quoted: it is the client who chose it.
  console.log(event.at, JSON.stringify(event.clientId), event.ipAddress, deeds[event.__typename](event));
}
