import { type CommandFlag, commandFlags } from './flags.ts';
import { rowsOf, type Setting } from './setting.ts';
import { settings } from './settings.ts';

/** The text of `brokerql --help`: every command, flag and setting, one or two lines each, ending in a line feed. */
export function helpText(commands: ReadonlyMap<string, string>): string {
  return `${[
    'brokerql: an MQTT broker that you talk to in GraphQL',
    '',
    'Usage: brokerql [command] [flags]',
    '',
    'Commands:',
    ...columns([...commands]),
    '',
    'Flags:',
    ...columns(Object.values(commandFlags).map((flag) => [usage(flag), flag.description])),
    '',
    'Settings, each with its key in the file, its flag and its environment variable.',
    'A flag beats the environment, the environment beats the file, the file beats the default.',
    '',
    ...rowsOf(settings).flatMap(settingLines),
  ].join('\n')}\n`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function usage({ flag, short, value }: CommandFlag): string {
  return `${short === null ? '' : `${short}, `}${flag}${value === null ? '' : ` <${value}>`}`;
}

function settingLines(row: Setting<unknown>): readonly string[] {
  const names = [row.path, row.flag, row.env].filter((name) => name !== null);
  const usual = String(row.default ?? '');
  const otherwise = usual === '' ? 'Unset by default.' : `Default: ${usual}.`;
  return [`  ${names.join('  ')}`, `      ${row.description}`, `      Allowed: ${row.type.description}. ${otherwise}`];
}
