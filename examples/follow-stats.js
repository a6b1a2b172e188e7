// Prints the broker's gauges whenever one changes, over WebSocket:
// APP=<id>:<secret> node examples/follow-stats.js [ws://localhost:8080/graphql]
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url = 'ws://localhost:8080/graphql'] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(process.env.APP ?? '').toString('base64')}`;

const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
const query = 'subscription { stats { nodeName connectionsCount sessionsCount subscriptionsCount } }';

for await (const { data, errors } of client.iterate({ query })) console.log(JSON.stringify(errors ?? data.stats));
