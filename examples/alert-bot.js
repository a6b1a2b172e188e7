// Tells a chat of alarms, and of what is refused to clients, by posting {"text": "…"}, which Slack, Mattermost and others take.
// What happens within PAUSE seconds is one message, and says how much it was. What could not be posted is posted later:
// APP=<id>:<secret> WEBHOOK=https://… [PAUSE=5] node examples/alert-bot.js [ws://localhost:8080/graphql]
import { setTimeout as pause } from 'node:timers/promises';
import { ask, events, fail, openClient } from './client.js';

const { WEBHOOK = '', PAUSE = '5' } = process.env;
if (!/^https?:/.test(WEBHOOK) || !URL.canParse(WEBHOOK))
  fail('Set WEBHOOK to the address that takes the messages: WEBHOOK=https://…');
if (!(Number(PAUSE) > 0)) fail(`PAUSE must be a number of seconds, not '${PAUSE}'`);
const client = openClient(process.argv[2]);

/** Milliseconds in which more may come before a message goes out; twice as many each time that it could not. */
const SHORTEST_WAIT = Number(PAUSE) * 1000;
const LONGEST_WAIT = Math.max(60_000, SHORTEST_WAIT);
/** Lines of a message; what is beyond is counted. */
const MOST_LINES = 30;

/** What is to be posted: a line for each kind of event, and how often it happened. */
let lines = new Map();
let more = 0;
let isPosting = false;

function tell(kind, sentence, count = 1) {
  const line = lines.get(kind);
  if (line) line.count += count;
  else if (lines.size < MOST_LINES) lines.set(kind, { sentence, count });
  else more += count;
  if (!isPosting) void postAll();
}

async function postAll() {
  isPosting = true;
  for (let wait = SHORTEST_WAIT; lines.size > 0; ) {
    await pause(wait);
    const [told, beyond] = [lines, more];
    [lines, more] = [new Map(), 0];
    const text = [...told.values()].map(({ sentence, count }) =>
      count === 1 ? sentence : `${count} like this: ${sentence}`,
    );
    if (beyond > 0) text.push(`… and ${beyond} more`);
    if (await post(text.join('\n'))) wait = SHORTEST_WAIT;
    else {
      wait = Math.min(2 * wait, LONGEST_WAIT);
      const [newer, newerBeyond] = [lines, more];
      [lines, more] = [told, beyond + newerBeyond];
      for (const [kind, { sentence, count }] of newer) tell(kind, sentence, count);
    }
  }
  isPosting = false;
}

/** Whether it was taken. The address is a secret, so it is not printed. */
async function post(text) {
  try {
    const { ok, status } = await fetch(WEBHOOK, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!ok) console.error(`The webhook answered ${status}, trying again`);
    return ok;
  } catch (error) {
    console.error(`The webhook does not answer (${error.cause?.code ?? error.name}), trying again`);
    return false;
  }
}

const ALARM = '{ id severity summary nodeName raisedAt }';
/** The alarms that were told and did not end. */
const standing = new Map();

function tellAlarm(type, alarm) {
  const { id, severity, summary, nodeName, raisedAt } = alarm;
  const name = `${nodeName} ${id} ${raisedAt}`;
  if ((type === 'AlarmRaised') === standing.has(name)) return;
  if (standing.delete(name)) tell(`${type} ${nodeName} ${id}`, `ended: ${id} on ${nodeName}`);
  else {
    standing.set(name, alarm);
    tell(`${type} ${nodeName} ${id}`, `${severity} ${id} on ${nodeName}: ${summary}`);
  }
}

/** Tells which alarms are other ones than those that were told. Answers the time of that. */
async function lookAtAlarms() {
  const { brokers, alarms } = await ask(client, `{ brokers { datetime } alarms ${ALARM} }`);
  for (const alarm of standing.values()) {
    if (!alarms.some(({ id, raisedAt }) => id === alarm.id && raisedAt === alarm.raisedAt))
      tellAlarm('AlarmCleared', alarm);
  }
  for (const alarm of alarms) tellAlarm('AlarmRaised', alarm);
  return brokers[0].datetime;
}

async function followAlarms(since) {
  const query = `subscription ($after: String) { alarmEvents(after: $after) { __typename cursor at alarm ${ALARM} } }`;
  for await (const { __typename, alarm } of events(client, query, since, lookAtAlarms)) tellAlarm(__typename, alarm);
}

async function followRefusals(since) {
  const query = `subscription ($after: String) {
    connectionEvents(after: $after) { __typename cursor at ... on ClientRefused { clientId ipAddress kind action message } }
  }`;
  for await (const { __typename, clientId, ipAddress, kind, action, message } of events(client, query, since)) {
    if (__typename !== 'ClientRefused') continue;
    tell(`${kind} ${action}`, `${action} refused to ${JSON.stringify(clientId)} at ${ipAddress}: ${message}`);
  }
}

const start = await lookAtAlarms();
await Promise.all([followAlarms(start), followRefusals(start)]);
