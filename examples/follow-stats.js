// Prints the broker's gauges whenever one changes, over WebSocket:
// APP=<id>:<secret> node examples/follow-stats.js [ws://localhost:8080/graphql]
import { openClient, payloads } from './client.js';

const client = openClient(process.argv[2]);
const query = 'subscription { stats { nodeName connectionsCount sessionsCount subscriptionsCount } }';

for await (const { data } of payloads(client, query)) console.log(JSON.stringify(data.stats));
