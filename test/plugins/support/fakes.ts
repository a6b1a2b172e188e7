import type { Plugin, PluginInstance } from '../../../src/plugins/plugin.ts';

/** A plugin of a test: what it does is in `load`. */
export const fake = (
  name: string,
  load: (settings: Record<string, unknown>) => PluginInstance | Promise<PluginInstance>,
  more: Partial<Plugin> = {},
): Plugin => ({
  name,
  version: '1.2.3',
  description: 'A plugin of the tests',
  type: 'feature',
  settings: {},
  order: 0,
  isActiveAtFirst: false,
  isPermanent: false,
  ...more,
  load: ({ settings }) => load(settings as Record<string, unknown>),
});

/** The code and the sentence with which something is refused. */
export async function refusalOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (refusal) {
    const { code, message } = refusal as { readonly code?: string; readonly message: string };
    return `${code} ${message}`;
  }
  throw new Error('it was not refused');
}

/** A promise, and what settles it. */
export function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}
