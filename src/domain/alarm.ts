/** How bad an alarm is. */
export type AlarmSeverity = 'WARNING' | 'ERROR' | 'CRITICAL';

/** What is wrong with a node, or was. */
export interface Alarm {
  readonly nodeName: string;
  /** Names the cause, such as `cpu_high_watermark` or `plugin_failed:emqx_auth_http`. */
  readonly id: string;
  readonly severity: AlarmSeverity;
  readonly title: string;
  readonly summary: string;
  /** The figure alone as text, of alarms that EMQ X has as those of the system; null of others. */
  readonly value: string | null;
  readonly raisedAt: number;
  /** Null while it stands. */
  readonly clearedAt: number | null;
}
