/** How a live field can be followed. */
export interface LiveField {
  /** Its arguments, in brackets: of what it tells, those whose names begin with that of the field. */
  readonly args: string;
  readonly selection: string;
}

const page = (noun: string, filter: string, key: string): LiveField => ({
  args: `(filter: ${filter}, intervalMs: 100)`,
  selection: `{ ... on ${noun}PageSnapshot { items { ${key} } } ... on ${noun}PagePatch { added { item { ${key} } } } }`,
});

/** Every live field there is, by its name. */
export const liveFields = {
  stats: { args: '(intervalMs: 100)', selection: '{ retainedCount }' },
  metrics: { args: '(intervalMs: 100)', selection: '{ messagesQos2Received }' },
  nodes: { args: '(intervalMs: 100)', selection: '{ connectionsCount }' },
  messages: { args: '(topicFilter: "messages/+")', selection: '{ topic payload { text } }' },
  traceClient: { args: '(clientId: "traceClient")', selection: '{ __typename ... on TracedPacket { packetType } }' },
  connectionPageUpdates: page('Connection', '{clientIdPrefix: "connectionPageUpdates-"}', 'clientId'),
  sessionPageUpdates: page('Session', '{clientIdPrefix: "sessionPageUpdates-"}', 'clientId'),
  subscriptionPageUpdates: page('Subscription', '{topicFilter: "subscriptionPageUpdates/+"}', 'clientId'),
  connectionEvents: { args: '(filter: {clientIdPrefix: "connectionEvents-"})', selection: '{ __typename clientId }' },
  sessionEvents: { args: '(filter: {clientIdPrefix: "sessionEvents-"})', selection: '{ __typename clientId }' },
  subscriptionEvents: { args: '(filter: {topicFilter: "subscriptionEvents/+"})', selection: '{ __typename clientId }' },
  alarmEvents: { args: '(filter: {idPrefix: "alarmEvents:"})', selection: '{ __typename alarm { id } }' },
  banEvents: { args: '(filter: {whoPrefix: "banEvents-"})', selection: '{ __typename ban { who } }' },
  pluginEvents: { args: '(filter: {name: "emqx_recon"})', selection: '{ plugin { name active } }' },
  configEvents: { args: '(filter: {key: "mqtt.max_inflight"})', selection: '{ key value }' },
  listenerEvents: {
    args: '(filter: {protocol: "mqtt:ws"})',
    selection: '{ protocol ... on ListenerFailed { message } }',
  },
  auditEvents: { args: '(filter: {what: "kickConnection"})', selection: '{ entry { what target } }' },
} satisfies Record<string, LiveField>;

export type LiveFieldName = keyof typeof liveFields;

export const liveFieldNames = Object.keys(liveFields) as readonly LiveFieldName[];

/** A document that follows a field; `more` are arguments besides, `fields` what is asked of it besides. */
export function documentOf(name: LiveFieldName, more = '', fields = ''): string {
  const { args, selection } = liveFields[name];
  return `subscription { ${name}${more === '' ? args : args.replace('(', `(${more}, `)} ${selection.replace('{', `{ ${fields}`)} }`;
}
