import { whenReady } from '../src/domain.ts';
import type { MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import { listQuery } from './page.ts';

export const alarmQueries: Pick<QueryResolvers, 'alarms' | 'alarmHistory'> = {
  alarms: (_, { node }, { domain }) => domain.alarms(node ?? null),
  alarmHistory: (_, args, context) => context.domain.alarmHistory(listQuery(args, context)),
};

export const alarmMutations: Pick<MutationResolvers, 'clearAlarm' | 'deleteAlarmHistory'> = {
  clearAlarm: (_, { input: { id, node } }, { domain }) =>
    whenReady(domain.clearAlarm(id, node ?? null), (alarms) => ({ alarms })),
  deleteAlarmHistory: (_, { input: { node } }, { domain }) =>
    whenReady(domain.deleteAlarmHistory(node ?? null), (deletedCount) => ({ deletedCount })),
};
