import type { z } from 'zod';
import { type Setting, setting, type Values } from './setting.ts';
import * as types from './setting-types.ts';

const row = (path: string, type: z.ZodType<number>, usual: number, description: string): Setting<number> =>
  setting({ path, env: null, flag: null, type, default: usual, description });

const percent = types.whole(0, 100, 'percent');
const milliseconds = types.whole(0, 3_600_000, 'milliseconds');
const rate = types.whole(0, types.FOUR_BYTES, 'events');
const bytes = types.whole(0, Number.MAX_SAFE_INTEGER, 'bytes');

/** Settings of alarms: the marks from which on they stand, and below which they end. Names are those of EMQ X where it has one. */
export const alarmSettings = {
  checkInterval: row(
    'alarm.check_interval',
    types.whole(1, 3600, 'seconds'),
    10,
    'How often the node looks at itself.',
  ),
  maxHistory: row(
    'alarm.max_history',
    types.whole(0, 100_000, 'alarms'),
    1000,
    'Most alarms that ended and are remembered; the oldest of the kind that has most leave first.',
  ),
  unconfirmedTimeout: row(
    'alarm.unconfirmed_timeout',
    types.whole(1, 86_400, 'seconds'),
    300,
    'How long after a start an alarm from before it stands that nobody raises again.',
  ),
  cpuHigh: row(
    'os_mon.cpu_high_watermark',
    percent,
    80,
    'Processor time, of one processor, from which on there is an alarm; 0 sets none.',
  ),
  cpuLow: row('os_mon.cpu_low_watermark', percent, 60, 'Processor time below which that alarm ends.'),
  sysmemHigh: row(
    'os_mon.sysmem_high_watermark',
    percent,
    70,
    'Resident memory, of what the machine or the cgroup has, from which on there is an alarm; 0 sets none.',
  ),
  sysmemLow: row('os_mon.sysmem_low_watermark', percent, 60, 'Resident memory below which that alarm ends.'),
  fdHigh: row(
    'os_mon.fd_high_watermark',
    percent,
    80,
    'File descriptors, of those that the process may open, from which on there is an alarm; 0 sets none.',
  ),
  fdLow: row('os_mon.fd_low_watermark', percent, 70, 'File descriptors below which that alarm ends.'),
  diskFreeLow: row(
    'os_mon.disk_free_low_watermark',
    bytes,
    512 * 1024 * 1024,
    'Free space where the data folder is from which on, and below, there is an alarm; 0 sets none.',
  ),
  diskFreeHigh: row(
    'os_mon.disk_free_high_watermark',
    bytes,
    1024 * 1024 * 1024,
    'Free space above which that alarm ends.',
  ),
  clockJump: row(
    'os_mon.clock_jump',
    types.whole(0, types.FOUR_BYTES, 'seconds'),
    5,
    'How far the wall clock has to jump between two looks for an alarm; 0 sets none.',
  ),
  heapHigh: row(
    'vm_mon.heap_high_watermark',
    percent,
    80,
    'Heap in use, of its limit, from which on there is an alarm; 0 sets none.',
  ),
  heapLow: row('vm_mon.heap_low_watermark', percent, 60, 'Heap in use below which that alarm ends.'),
  eventLoopHigh: row(
    'vm_mon.event_loop_high_watermark',
    milliseconds,
    1000,
    'Longest time that the event loop stands still from which on there is an alarm; 0 sets none.',
  ),
  eventLoopLow: row(
    'vm_mon.event_loop_low_watermark',
    milliseconds,
    200,
    'Longest time that it stands still below which that alarm ends.',
  ),
  connectionsHigh: row(
    'alarm.connections_high_watermark',
    percent,
    80,
    'MQTT connections, of mqtt.max_connections, from which on there is an alarm; 0 sets none.',
  ),
  connectionsLow: row('alarm.connections_low_watermark', percent, 70, 'MQTT connections below which that alarm ends.'),
  droppedHigh: row(
    'alarm.dropped_high_watermark',
    rate,
    100,
    'Messages a second that bounds drop from which on there is an alarm; 0 sets none.',
  ),
  droppedLow: row('alarm.dropped_low_watermark', rate, 10, 'Dropped messages a second below which that alarm ends.'),
  slowConsumersHigh: row(
    'alarm.slow_consumers_high_watermark',
    rate,
    10,
    'Clients that leave more than mqtt.high_watermark unread from which on there is an alarm; 0 sets none.',
  ),
  slowConsumersLow: row('alarm.slow_consumers_low_watermark', rate, 5, 'Such clients below which that alarm ends.'),
  failedLoginsHigh: row(
    'alarm.failed_logins_high_watermark',
    rate,
    60,
    'Logins a minute that fail from which on there is an alarm; 0 sets none.',
  ),
  failedLoginsLow: row(
    'alarm.failed_logins_low_watermark',
    rate,
    10,
    'Failed logins a minute below which that alarm ends.',
  ),
  storeLatencyHigh: row(
    'alarm.store_latency_high_watermark',
    milliseconds,
    1000,
    'Longest time that a write of the store takes from which on there is an alarm; 0 sets none.',
  ),
  storeLatencyLow: row(
    'alarm.store_latency_low_watermark',
    milliseconds,
    200,
    'Longest time that a write takes below which that alarm ends.',
  ),
};

/** The marks as a program reads them. */
export type AlarmSettings = Values<typeof alarmSettings>;
