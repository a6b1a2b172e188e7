import { ListAlarmHistoryDocument, ListAlarmsDocument, type ListAlarmsQuery } from '../__generated__/operations.ts';
import { endpoint, value } from '../endpoint.ts';
import type { Span } from '../releases.ts';

type AlarmRow = ListAlarmsQuery['alarms'][number];

/** As many as there can be: the list has no pages. */
const ALL = 1_000_000;

/** Until 3.0 an alarm is flat, whatever it is about. */
const flat = ({ id, severity, title, summary, timestamp }: AlarmRow) => ({ id, severity, title, summary, timestamp });

/** From 3.1 on an alarm of the system is described by its figure, as text, and others by an object. */
const described = ({ id, severity, title, summary, timestamp, value: figure }: AlarmRow) => ({
  id,
  desc: figure === 'undefined' ? { severity, title, summary, timestamp } : figure,
});

/** Each node with what it has. */
const byNode = <Row extends { readonly node: string }>(
  nodes: readonly { readonly node: string }[],
  rows: readonly Row[],
  spell: (row: Row) => unknown,
) => value(nodes.map(({ node }) => ({ node, alarms: rows.filter((row) => row.node === node).map(spell) })));

/** `path` is the list's, as the index prints it. */
const presentRows = (span: Span, path: string, spell: (row: AlarmRow) => unknown) => [
  endpoint({
    ...span,
    name: 'list_all_alarms',
    method: 'GET',
    path,
    descr: 'List all alarms',
    operation: ListAlarmsDocument,
    variables: () => ({}),
    answer: ({ brokers, alarms }) => byNode(brokers, alarms, spell),
  }),
  endpoint({
    ...span,
    name: 'list_node_alarms',
    method: 'GET',
    path: `${path.replace(/\/$/, '')}/:node`,
    descr: 'List alarms of a node',
    operation: ListAlarmsDocument,
    variables: ({ path: { node } }) => ({ node: node! }),
    answer: ({ alarms }) => value(alarms.map(spell)),
  }),
];

export const alarmRows = [
  ...presentRows({ until: 'V3_0' }, '/alarms/', flat),
  ...presentRows({ since: 'V3_1', until: 'V3_1' }, '/alarms/', described),
  ...presentRows({ since: 'V3_2' }, '/alarms/present', described),
  endpoint({
    since: 'V3_2',
    name: 'list_all_alarm_history',
    method: 'GET',
    path: '/alarms/history',
    descr: 'List all alarm history',
    operation: ListAlarmHistoryDocument,
    variables: () => ({ limit: ALL }),
    answer: ({ brokers, alarmHistory: { items } }) =>
      byNode(brokers, items, (row) => ({ ...described(row), clear_at: row.clear_at })),
  }),
  endpoint({
    since: 'V3_2',
    name: 'list_node_alarm_history',
    method: 'GET',
    path: '/alarms/history/:node',
    descr: 'List alarm history of a node',
    operation: ListAlarmHistoryDocument,
    variables: ({ path: { node } }) => ({ node: node!, limit: ALL }),
    answer: ({ alarmHistory: { items } }) => value(items.map((row) => ({ ...described(row), clear_at: row.clear_at }))),
  }),
];
