import { Counter, Gauge, type Registry } from 'prom-client';
import type { AlarmSeverity } from '../../alarms/alarm.ts';
import type { Metrics, Stats } from '../../domain.ts';
import type { NodeFigures } from '../figures.ts';
import { counterName, gaugeName, PREFIX } from './names.ts';

const SEVERITIES: readonly AlarmSeverity[] = ['warning', 'error', 'critical'];

/** The fields that are figures; rates are what a reader makes of them. */
type Field<Row> = Exclude<keyof Row & string, 'nodeName' | 'rates'>;

const fieldsOf = <Row extends object>(row: Row): Field<Row>[] =>
  Object.keys(row).filter((key) => key !== 'nodeName' && key !== 'rates') as Field<Row>[];

/** Adds what the broker counts to a registry. Answers a function that reads all of it anew. */
export function addBrokerSeries(registry: Registry, figures: NodeFigures): () => void {
  const registers = [registry];
  const counters = new Map(
    fieldsOf(figures.metrics())
      // A number of the moment, which the gauges have.
      .filter((field) => field !== 'messagesRetained')
      .map((field): [Field<Metrics>, Counter] => {
        const help = `What the GraphQL field Metrics.${field} counts.`;
        return [field, new Counter({ name: counterName(field), help, registers })];
      }),
  );
  const gauges = new Map(
    fieldsOf(figures.stats()).map((field): [Field<Stats>, Gauge] => {
      const help = `What the GraphQL field Stats.${field} says.`;
      return [field, new Gauge({ name: gaugeName(field), help, registers })];
    }),
  );
  const open = new Gauge({
    name: `${PREFIX}listener_connections`,
    help: 'Open connections of a listener.',
    labelNames: ['protocol'],
    registers,
  });
  const ended = new Counter({
    name: `${PREFIX}listener_shutdowns_total`,
    help: 'Connections of a listener that ended or were refused, by reason.',
    labelNames: ['protocol', 'reason'],
    registers,
  });
  const alarms = new Gauge({
    name: `${PREFIX}alarms`,
    help: 'Alarms that stand, by severity.',
    labelNames: ['severity'],
    registers,
  });
  const active = new Gauge({
    name: `${PREFIX}plugin_active`,
    help: '1 for a plugin that is active.',
    labelNames: ['plugin'],
    registers,
  });
  const failed = new Gauge({
    name: `${PREFIX}plugin_failed`,
    help: '1 for a plugin that could not be loaded the last time.',
    labelNames: ['plugin'],
    registers,
  });

  return () => {
    const metrics = figures.metrics();
    for (const [field, counter] of counters) {
      counter.reset();
      counter.inc(metrics[field]);
    }
    const stats = figures.stats();
    for (const [field, gauge] of gauges) gauge.set(stats[field]);
    ended.reset();
    for (const { protocol, currentConnections, shutdownCount } of figures.listeners()) {
      open.set({ protocol }, currentConnections);
      for (const [reason, count] of Object.entries(shutdownCount)) ended.inc({ protocol, reason }, count);
    }
    for (const severity of SEVERITIES) alarms.set({ severity }, 0);
    for (const { severity } of figures.alarms()) alarms.inc({ severity: severity.toLowerCase() });
    for (const plugin of figures.plugins()) {
      active.set({ plugin: plugin.name }, plugin.active ? 1 : 0);
      failed.set({ plugin: plugin.name }, plugin.failure === null ? 0 : 1);
    }
  };
}
