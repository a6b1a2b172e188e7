import { isBoth, isSetting, type SettingGroup, type SettingTree, type Values } from '../config/setting.ts';

/** The values of a table when nobody gives any. */
export function defaultsOf<Table extends SettingGroup>(table: Table): Values<Table> {
  return valuesOf(table) as Values<Table>;
}

function valuesOf(tree: SettingTree): unknown {
  if (isSetting(tree)) return tree.default;
  if (isBoth(tree)) return null;
  return Object.freeze(Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, valuesOf(part)])));
}
