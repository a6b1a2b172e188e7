import { connect } from 'node:net';
import { piecesOf } from './bytes.js';
import { createRandom } from './random.js';
import { requestBytes } from './requests.js';

/** Milliseconds without a byte until this side hangs up: some requests never end, and some answers are streams. */
const QUIET = 150;
const MOST_ANSWER = 4 * 1024 * 1024;
const STATUS = /HTTP\/1\.1 (\d{3}) /g;

/** The request of a case: sends it in pieces, and resolves with the text that came back until the connection closed. */
export function sendRequest({ targets, seed, number }) {
  const random = createRandom(seed, number);
  const target = random.pick(targets);
  const pieces = piecesOf(random, requestBytes(random, target));
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(target.port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.setTimeout(QUIET, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.length > MOST_ANSWER) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

/** Statuses in what came back. */
export const statusesOf = (text) => Array.from(text.matchAll(STATUS), ([, status]) => Number(status));

/**
 * Says what is wrong with an answer, or null. Right are 1xx, 2xx and 4xx, no answer at all, the way from the dashboard's
 * root to GraphiQL, and 500 where REST of release 3.0-beta has it: `{"message": …}` and nothing else, and the
 * `"not_found"` of clean_acl_cache.
 */
export function faultOf(text) {
  const wrong = statusesOf(text).find((status) => status >= 500 || (status >= 300 && status < 400));
  if (wrong === undefined || (wrong === 302 && text.includes('\r\nLocation: /graphql\r\n'))) return null;
  const body = text.slice(text.lastIndexOf('\r\n\r\n') + 4);
  try {
    const json = JSON.parse(body);
    const isMessage = Object.keys(json).join() === 'message' && typeof json.message === 'string';
    if (wrong === 500 && (isMessage || json === 'not_found')) return null;
  } catch {
    // Not the contract's text then.
  }
  return `status ${wrong}: ${text.slice(0, 500)}`;
}
