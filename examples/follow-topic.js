// Prints the messages of a topic filter as they are published; with --retained, what the topics keep comes first:
// APP=<id>:<secret> node examples/follow-topic.js <topic filter> [--retained] [ws://localhost:8080/graphql]
import { fail, openClient, payloads } from './client.js';

const given = process.argv.slice(2);
const retained = given.includes('--retained');
const [topicFilter, url] = given.filter((one) => one !== '--retained');
if (!topicFilter || topicFilter.startsWith('--')) fail("Name a topic filter, such as 'plant/#'");

const query = `subscription ($topicFilter: String!, $retained: Boolean!) {
  messages(topicFilter: $topicFilter, retained: $retained) { topic publishedAt clientId payload { text base64 } }
}`;

for await (const { data, extensions } of payloads(openClient(url), query, { topicFilter, retained })) {
  if (extensions?.dropped) console.error(`Messages lost, because they came too fast: ${extensions.dropped}`);
  const { publishedAt, topic, clientId, payload } = data.messages;
  // Quoted: it is clients who chose these.
  const text = payload.text === null ? `base64 ${payload.base64}` : JSON.stringify(payload.text);
  console.log(publishedAt, JSON.stringify(clientId), JSON.stringify(topic), text);
}
