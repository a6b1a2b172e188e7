/** How bad it is; the words of `emqx_alarm_handler`. */
export type AlarmSeverity = 'warning' | 'error' | 'critical';

/** What somebody raises. The same id raised again while it stands changes what it says, not its time. */
export interface AlarmNotice {
  /**
   * Names the cause, such as `cpu_high_watermark` or `plugin_failed:emqx_auth_http`. What stands before the first `:` is
   * its kind, of which at most 100 are listed at once; a name from outside stands behind it.
   */
  readonly id: string;
  readonly severity: AlarmSeverity;
  /** A few words. */
  readonly title: string;
  /** A sentence with the figures in it, without secrets. */
  readonly summary: string;
  /** The figure alone, such as `83.5`: what EMQ X tells of an alarm of the system, in the place of an object. */
  readonly value?: string;
}

/** Where whoever watches something says so. Both calls are cheap, and repeating them changes nothing. */
export interface AlarmPort {
  raise(notice: AlarmNotice): void;
  /** Ends an alarm; one that does not stand is passed over. */
  clear(id: string): void;
}
