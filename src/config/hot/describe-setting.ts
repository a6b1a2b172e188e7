import type { ConfigItem } from '../../domain.ts';
import type { Setting } from '../setting.ts';
import { choicesOf, datatypeOf } from '../setting-types.ts';
import type { HotApp } from './hot-app.ts';
import { safeValue, textOf } from './setting-text.ts';

/** A setting as a list shows it. */
export function describeSetting(app: HotApp, row: Setting<unknown>): Omit<ConfigItem, 'nodeName'> {
  const value = app.valueOf(row);
  return {
    app: app.name,
    key: row.path,
    value: safeValue(row, value),
    text: textOf(row, value),
    isSet: value !== null,
    defaultValue: safeValue(row, row.default),
    datatype: datatypeOf(row.type),
    description: row.description,
    range: row.type.description ?? '',
    choices: choicesOf(row.type),
    source: app.sourceOf(row),
    needsRestart: row.needsRestart,
    isSecret: row.secret,
    effect: row.effect,
    variable: row.env,
    flag: row.flag,
  };
}
