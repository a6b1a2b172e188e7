import type { RestRelease } from './__generated__/operations.ts';
import type { Answer, Spelling } from './endpoint.ts';
import type { Dress, Json } from './execute.ts';
import { isWithin } from './releases.ts';
import { localTime, uptimeText } from './texts.ts';

/** A status and a JSON body; a text where the contract answers plain text. */
export type Reply =
  | { readonly status: number; readonly json: Json }
  | {
      readonly status: number;
      readonly page: { readonly head: string; readonly items: readonly Json[]; readonly tail: string };
    }
  | { readonly status: number; readonly text: string };

/** What one release of the API spells in its own way. */
export interface Profile {
  /** As `BROKERQL_REST_PROFILE` names it. */
  readonly name: string;
  readonly release: RestRelease;
  readonly dress: Dress;
  /** Order of the index: by `descr`, or as the rows stand in the table. */
  readonly indexOrder: 'descr' | 'table';
  readonly reply: (answer: Exclude<Answer, { kind: 'refused' }>) => Reply;
  readonly refuse: (spelling: Spelling, sentence: string) => Reply;
}

const notFound: Reply = { status: 404, text: 'Not found.' };
const fault: Reply = { status: 500, text: 'Internal Error' };

/** Notions of the Erlang VM that Node.js has no figure for. */
const processFigures = { heap_size: 0, mailbox_len: 0, reductions: 0 };

/** What the reference prints without TLS and without a certificate; with one it prints the certificate's state. */
const peerCertificates = {
  NO_TLS: 'nossl',
  NOT_PRESENTED: 'undefined',
  VERIFIED: 'verified',
  UNVERIFIED: 'unverified',
} as const;

const isEmptyMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

const dress = (separator: '/' | '.', modules: { readonly TCP: string; readonly WEBSOCKET: string }): Dress => ({
  absent: 'undefined',
  key: (responseKey) => responseKey.replaceAll('__', separator),
  neutral: { MqttConnection: processFigures, MqttSession: processFigures },
  leaves: {
    DateTime: localTime,
    // Seconds since 1970, alone among the times of these rows.
    'Application.expiresAt': (time: number) => time / 1000,
    'Ban.until': (time: number) => Math.floor(time / 1000),
    BanKind: (kind: string) => kind.toLowerCase(),
    Duration: uptimeText,
    Float: (number: number) => number.toFixed(2),
    // An empty property list of Erlang is printed as an empty list.
    JSON: (value: Json) => (isEmptyMap(value) ? [] : value),
    AlarmSeverity: (severity: string) => severity.toLowerCase(),
    NodeStatus: (status: 'RUNNING') => ({ RUNNING: 'Running' })[status],
    SessionBinding: (binding: string) => binding.toLowerCase(),
    PluginType: (type: string) => type.toLowerCase(),
    PeerCertificate: (state: keyof typeof peerCertificates) => peerCertificates[state],
    Transport: (transport: 'TCP' | 'TLS' | 'WEBSOCKET' | 'SECURE_WEBSOCKET') =>
      transport.endsWith('WEBSOCKET') ? modules.WEBSOCKET : modules.TCP,
  },
});

/** A list as text around its items, so that a long one need not be made in one piece. */
const listReply = (head: string, items: readonly Json[], tail: string): Reply => ({
  status: 200,
  page: { head, items, tail },
});

const pageReply = (head: string, items: readonly Json[], meta: Json): Reply =>
  listReply(head, items, `],"meta":${JSON.stringify(meta)}}`);

/** 3.0-beta.1 to 3.0-rc.5: bare values, errors by status. */
function itemsProfile(name: string, release: RestRelease, given: Dress): Profile {
  return {
    name,
    release,
    dress: given,
    indexOrder: 'descr',
    reply: (answer) => {
      switch (answer.kind) {
        case 'done':
          return { status: 200, json: 'ok' };
        case 'accepted':
          return { status: 200, json: { code: 0 } };
        case 'value':
          return { status: 200, json: answer.value };
        case 'created':
          return { status: 201, json: answer.value };
        case 'list':
          return listReply('[', answer.items, ']');
        case 'page':
          return pageReply('{"items":[', answer.items, answer.meta);
        case 'absent':
          return notFound;
      }
    },
    refuse: (spelling, sentence) => {
      switch (spelling.form) {
        case 'absent':
          return notFound;
        case 'fault':
          return fault;
        case 'coded':
          return { status: 200, json: { code: spelling.number } };
        case 'bare':
          return { status: 500, json: spelling.reason };
        case 'input':
          return { status: 400, json: { message: sentence } };
        case 'sentence':
          return { status: spelling.status, json: { message: sentence } };
        case 'told':
          return { status: 500, json: { message: sentence } };
        case 'parameter':
          return { status: 422, json: { message: sentence, errorCode: spelling.number } };
        case 'dashboard':
          return { status: 500, json: { message: spelling.until30 } };
        default:
          return { status: 500, json: { message: spelling.reason } };
      }
    },
  };
}

/** 3.0 and later: everything in `code`, `data` and `meta`, errors of the business with status 200. */
function codeProfile(name: string, release: RestRelease, given: Dress, indexOrder: Profile['indexOrder']): Profile {
  return {
    name,
    release,
    dress: given,
    indexOrder,
    reply: (answer) => {
      switch (answer.kind) {
        case 'done':
        case 'accepted':
          return { status: 200, json: { code: 0 } };
        case 'value':
        case 'created':
          return { status: 200, json: { code: 0, data: answer.value } };
        case 'list':
          return listReply('{"code":0,"data":[', answer.items, ']}');
        case 'page':
          return pageReply('{"code":0,"data":[', answer.items, answer.meta);
        case 'absent':
          return notFound;
      }
    },
    refuse: (spelling, sentence) => {
      switch (spelling.form) {
        case 'absent':
          return notFound;
        case 'input':
          return { status: 400, json: { code: 108, message: sentence } };
        case 'sentence':
          return { status: spelling.status, json: { code: spelling.number, message: sentence } };
        case 'told':
        case 'parameter':
          return { status: 200, json: { code: spelling.number, message: sentence } };
        case 'dashboard':
          if (isWithin({ since: 'V3_1' }, release)) return { status: 200, json: { message: spelling.since31 } };
          return { status: 200, json: { code: 102, message: spelling.until30 } };
        case 'business':
        case 'coded':
          return { status: 200, json: { code: spelling.number, message: spelling.reason } };
        case 'uncoded':
          return { status: 200, json: { message: spelling.reason } };
        default:
          return fault;
      }
    },
  };
}

const connection = { TCP: 'emqx_connection', WEBSOCKET: 'emqx_ws_connection' };
const channel = { TCP: 'emqx_channel', WEBSOCKET: 'emqx_ws_channel' };

/** The releases that the facade speaks, by the name that configuration gives them. */
export const profiles = {
  '3.0-beta': itemsProfile('3.0-beta', 'V3_0_BETA', dress('/', connection)),
  '3.0': codeProfile('3.0', 'V3_0', dress('/', connection), 'descr'),
  '3.1': codeProfile('3.1', 'V3_1', dress('/', connection), 'table'),
  '3.2': codeProfile('3.2', 'V3_2', dress('.', channel), 'table'),
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;
