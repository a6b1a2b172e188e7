// What the examples for Node.js share: a client that comes back when the broker was gone, and events without gaps.
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** Ends the program with a sentence. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** A client of graphql-ws for the application that the variable APP names. It does not connect before it is used. */
export function openClient(url = 'ws://localhost:8080/graphql') {
  const { APP = '' } = process.env;
  if (!/^[^:]+:./.test(APP)) fail('Set APP to the id and the secret of an application: APP=<id>:<secret>');
  if (!/^wss?:\/\/[^/]/.test(url)) fail(`'${url}' is no address such as ws://localhost:8080/graphql`);

  // The broker pings every 12 seconds. One that is silent for a minute is gone, even if nobody closed the socket.
  let silence;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => client.terminate(), 60_000);
  };
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Basic ${Buffer.from(APP).toString('base64')}` },
    connectionAckWaitTimeout: 10_000,
    lazyCloseTimeout: 1_000,
    retryAttempts: 0,
    on: { opened: (socket) => socket.on('ping', heard), message: heard, closed: () => clearTimeout(silence) },
  });
  return client;
}

/** Waits before the next try. Ends the program when the broker refused what it was asked, or whoever asks. */
async function comeBack(reason) {
  const [error] = Array.isArray(reason) ? reason : [];
  if (error && error.extensions?.code !== 'LIMIT_EXCEEDED') fail(`The broker refuses this: ${error.message}`);
  if (reason.code === 4403) fail('The broker refuses APP: the id or the secret is wrong, or holds no longer');
  const why = error?.message ?? (reason.reason || reason.message || reason.error?.code || reason.code);
  console.error(`Interrupted (${why}), trying again`);
  await pause(1000);
}

/** The payloads of an operation. After an interruption it is asked anew: what a subscription would have told is missed. */
export async function* payloads(client, query, variables = {}) {
  for (;;) {
    try {
      for await (const payload of client.iterate({ query, variables })) {
        if (payload.errors) throw payload.errors;
        yield payload;
      }
      return;
    } catch (reason) {
      await comeBack(reason);
    }
  }
}

/** The data of a query. */
export async function ask(client, query) {
  for await (const { data } of payloads(client, query)) return data;
}

/**
 * The events of a field with `after`, from a time of the broker's clock on. Interruptions lose none and repeat none, unless the
 * broker forgot some meanwhile, or started anew: then `onGap` is called, and awaited.
 */
export async function* events(client, query, since, onGap = () => {}) {
  // The broker takes this for a cursor that has expired, and tells its oldest one: so there is one before the first event.
  let after = '';
  let from = since;
  for (;;) {
    const before = after;
    try {
      for await (const { data, errors, extensions } of client.iterate({ query, variables: { after } })) {
        if (errors) throw errors;
        if (extensions?.dropped) {
          // This program was too slow. What it missed comes again behind the cursor, unless it missed that too.
          if (after !== before) break;
          console.error(`Events lost: ${extensions.dropped}`);
        }
        const [event] = Object.values(data);
        after = event.cursor;
        if (event.at < from) continue;
        from = '';
        yield event;
      }
    } catch (reason) {
      const { code, oldestCursor } = reason[0]?.extensions ?? {};
      if (code !== 'CURSOR_EXPIRED') await comeBack(reason);
      else {
        after = oldestCursor;
        if (before === '') continue;
        console.error('The broker has started anew, or forgot events: going on with its oldest one');
        await onGap();
      }
    }
  }
}
