import type { SettingGroup, Values } from '../../src/config/setting.ts';
import { valuesOf } from '../../src/config/values.ts';

/** The values of a table when nobody gives any. */
export const defaultsOf = <Table extends SettingGroup>(table: Table): Values<Table> => valuesOf(table, () => undefined);
