import { statfs } from 'node:fs/promises';
import type { BrokerEvents } from '../broker/events.ts';
import type { AlarmSettings } from '../config/alarm-settings.ts';
import type { Database } from '../store/database.ts';
import { rootCause } from '../store/level.ts';
import type { AlarmNotice } from './alarm.ts';
import type { Alarms } from './alarms.ts';
import { type Look, lookAt } from './gauge.ts';

export interface StoreParts {
  readonly limits: AlarmSettings;
  readonly alarms: Alarms;
  readonly database: Database;
  readonly events: BrokerEvents;
  readonly dataDir: string;
}

const FAILURES = ['store_full', 'store_read_only', 'store_failed'] as const;

/** LevelDB tells why in the words of the system alone. */
function noticeOf(failure: Error): AlarmNotice {
  const { message } = rootCause(failure);
  const because = `nothing is stored, and persistent sessions cannot be served: ${message}`;
  const id = /no space left|quota exceeded/i.test(message)
    ? 'store_full'
    : /read-only file system/i.test(message)
      ? 'store_read_only'
      : 'store_failed';
  const titles = {
    store_full: 'The disk is full',
    store_read_only: 'The disk takes no writes',
    store_failed: 'The store fails',
  };
  return { id, severity: 'critical', title: titles[id], summary: because };
}

/** Whether what has to be kept can be kept. A failure is told at once; that there is none any more, too. */
export function storeLooks({ limits, alarms, database, events, dataDir }: StoreParts): readonly Look[] {
  const settle = (failure: Error | null): void => {
    const notice = failure && noticeOf(failure);
    for (const id of FAILURES) if (id !== notice?.id) alarms.clear(id);
    if (notice) alarms.raise(notice);
  };
  events.storeFailed.listen(settle);
  events.storeHealed.listen(() => settle(null));
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
  return [
    () => settle(database.failure),
    lookAt({
      id: 'store_slow',
      severity: 'warning',
      title: 'The store is slow',
      read: () => database.takeSlowest(),
      marks: () => ({ high: limits.storeLatencyHigh, low: limits.storeLatencyLow }),
      summary: (figure, { high }) =>
        `a write took ${Math.round(figure)} ms, for which acknowledgements waited; the mark is ${high} ms`,
      calmLooks: 3,
    }),
    lookAt({
      id: 'disk_space_low',
      severity: 'critical',
      title: 'Disk space is running short',
      // Less is worse.
      read: async () => {
        const { bavail, bsize } = await statfs(dataDir);
        return -bavail * bsize;
      },
      marks: () => ({ high: -limits.diskFreeLow, low: -limits.diskFreeHigh }),
      summary: (figure, { high }) =>
        `${mebibytes(-figure)} are free where the data folder is; the mark is ${mebibytes(-high)}`,
    }),
  ];
}
