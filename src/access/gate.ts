import { createFairGate, type FairGateOptions } from './fair-gate.ts';

/** Runs a task when a place is free. Answers what the task answers. */
export type Gate = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Makes a gate that lets few tasks run at once; others wait in the order of their arrival, and not without bound. */
export function createGate(options: FairGateOptions): Gate {
  const gate = createFairGate(options);
  return (task) => gate('', task);
}
