import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema } from 'graphql';
import mqtt from 'mqtt';
import { ADMIN, APP, startBroker } from './broker.js';
import { documentText } from './documents.js';
import { faultOf, sendRequest, statusesOf } from './http.js';
import { sendPackets } from './mqtt.js';
import { createRandom } from './random.js';

const CONNECTIONS_AT_ONCE = 16;
const DOCUMENTS = 3000;
/** Milliseconds for the answer to a document. */
const QUIET = 200;
/** Bytes by which resident memory may grow after the first tenth; collectors and allocators keep some. */
const MOST_GROWTH = 64 * 1024 * 1024;
/** Looks at the memory, half a second apart, until it no longer shrinks. */
const MOST_LOOKS = 40;

const basic = ([name, secret]) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

/** Runs cases from a number on, several at once, until `isEnough`. */
async function inParallel(isEnough, run) {
  let next = 0;
  const work = async () => {
    while (!isEnough()) {
      next += 1;
      await run(next);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, work));
}

async function targetsOf(broker) {
  const schema = buildSchema(readFileSync(resolve(import.meta.dirname, '../../schema.graphql'), 'utf8'));
  return Promise.all(
    [
      [broker.managementPort, basic(APP)],
      [broker.dashboardPort, basic(ADMIN)],
    ].map(async ([port, credentials]) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v3/`, { headers: { authorization: credentials } });
      const body = await response.json();
      const rows = Array.isArray(body) ? body : (body.data ?? body.items);
      const endpoints = rows.map(({ method, path }) => ({ method, path: path.replace(/^\/api\/v3/, '') }));
      return { port, credentials, schema, endpoints };
    }),
  );
}

/** Fills what keeps parsed and refused documents, 1024 of each: their memory is no leak. */
async function fillCaches([{ port, credentials, schema }], seed) {
  const headers = { authorization: credentials, 'content-type': 'application/json' };
  // The page is loaded when somebody asks for it, and stays.
  await (await fetch(`http://127.0.0.1:${port}/graphql`, { headers: { ...headers, accept: 'text/html' } })).text();
  let sent = 0;
  await inParallel(
    () => sent >= DOCUMENTS,
    async (number) => {
      sent += 1;
      const body = JSON.stringify({ query: documentText(createRandom(seed, -number), schema) });
      const options = { method: 'POST', headers, body, signal: AbortSignal.timeout(QUIET) };
      // A subscription is a stream that ends when this side hangs up.
      await fetch(`http://127.0.0.1:${port}/graphql`, options)
        .then(
          (response) => response.text(),
          () => {},
        )
        .catch(() => {});
    },
  );
}

/** A message goes through, from a client over TCP to one over WebSocket. */
async function publishThrough({ mqttPort, webSocketPort }) {
  const options = { reconnectPeriod: 0, connectTimeout: 5000 };
  const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, { ...options, clientId: 'sender' });
  const receiver = await mqtt.connectAsync(`ws://127.0.0.1:${webSocketPort}/mqtt`, {
    ...options,
    clientId: 'receiver',
  });
  await receiver.subscribeAsync('through', { qos: 1 });
  const received = once(receiver, 'message');
  await sender.publishAsync('through', 'yes', { qos: 1 });
  await received;
  await Promise.all([sender.endAsync(true), receiver.endAsync(true)]);
}

async function settledMemory(broker) {
  let usage = await broker.memory();
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    await new Promise((wake) => setTimeout(wake, 500));
    const before = usage.rss;
    usage = await broker.memory();
    if (before - usage.rss < 1024 * 1024) break;
  }
  return usage;
}

/**
 * Sends mutated packets and requests to the built program until there were as many as asked for, or `milliseconds` are
 * over. Answers how many there were, by status, the growth of memory in bytes, and all faults: none is what is wanted.
 */
export async function fuzz({ main, seed, packets, requests, milliseconds, say = () => {} }) {
  const end = performance.now() + milliseconds;
  const isLate = () => performance.now() > end;
  const broker = await startBroker(main);
  const faults = [];
  const statuses = new Map();
  const sent = { packets: 0, requests: 0, connections: 0 };
  let growth = 0;

  const phase = async (share) => {
    const packetGoal = packets * share;
    const requestGoal = requests * share;
    await inParallel(
      () => sent.packets >= packetGoal || isLate() || !broker.isAlive,
      async () => {
        sent.connections += 1;
        const count = await sendPackets({ ...broker, seed, number: 2 * sent.connections });
        sent.packets += count;
      },
    );
    await inParallel(
      () => sent.requests >= requestGoal || isLate() || !broker.isAlive,
      async () => {
        sent.requests += 1;
        const number = 2 * sent.requests + 1;
        const text = await sendRequest({ targets, seed, number });
        const fault = faultOf(text);
        if (fault !== null) faults.push(`request ${number}: ${fault}`);
        const seen = statusesOf(text);
        for (const status of seen.length > 0 ? seen : ['closed']) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      },
    );
  };

  let targets = [];
  try {
    targets = await targetsOf(broker);
    await fillCaches(targets, seed);
    await phase(0.1);
    const before = broker.isAlive ? await settledMemory(broker) : null;
    say(`warm: ${sent.packets} packets, ${sent.requests} requests`);
    await phase(1);
    say(`sent: ${sent.packets} packets on ${sent.connections} connections, ${sent.requests} requests`);
    if (isLate()) faults.push(`the time was over after ${sent.packets} packets and ${sent.requests} requests`);
    if (broker.isAlive) {
      const after = await settledMemory(broker);
      growth = after.rss - before.rss;
      if (growth > MOST_GROWTH)
        faults.push(
          `resident memory grew by ${growth} bytes, from ${before.rss}; heap ${before.heapUsed} to ${after.heapUsed}`,
        );
      const status = await fetch(`http://127.0.0.1:${broker.managementPort}/status`);
      if (status.status !== 200) faults.push(`/status answers ${status.status}`);
      await publishThrough(broker);
    }
  } catch (error) {
    faults.push(`${error instanceof Error ? error.stack : error}`);
  }
  faults.push(...(await broker.stop()));
  return { ...sent, statuses: Object.fromEntries(statuses), growth, faults };
}
