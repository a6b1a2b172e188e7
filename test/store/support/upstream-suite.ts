import assert from 'node:assert';
import { createRequire } from 'node:module';

/** A test of the suite that `aedes-persistence` publishes for all who implement its interface. */
export interface UpstreamTest {
  readonly name: string;
  /** Rejects when the test fails, or has not asserted as often as it planned. */
  run(): Promise<void>;
}

/** What the suite asks of a test of `node:test`. */
interface Context {
  readonly assert: typeof assert;
  plan(count: number): void;
  diagnostic(text: string): void;
}

type Suite = (options: {
  test(name: string, act: (context: Context) => Promise<void>): void;
  persistence(): unknown;
  testAsync: true;
}) => void;

const suite = createRequire(import.meta.url)('aedes-persistence/abstract.js') as Suite;

/** Answers the tests of the suite for an implementation, which `open` makes anew for each. */
export function upstreamTests(open: () => unknown): UpstreamTest[] {
  const tests: UpstreamTest[] = [];
  const test = (name: string, act: (context: Context) => Promise<void>): void => {
    tests.push({
      name,
      async run() {
        let asserted = 0;
        let planned: number | null = null;
        const counting = new Proxy(assert, {
          get(target, key) {
            asserted++;
            return Reflect.get(target, key);
          },
        });
        await act({
          assert: counting,
          plan: (count) => {
            planned = count;
          },
          diagnostic: () => {},
        });
        if (planned !== null) assert.strictEqual(asserted, planned, 'the count of assertions is the planned one');
      },
    });
  };
  suite({ test, persistence: open, testAsync: true });
  return tests;
}
