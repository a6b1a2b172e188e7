import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Keeps all threads of a process on one core. Answers false where that cannot be done. */
export function pin(pid: number, core: number): boolean {
  if (cpus().length < 2) return false;
  return spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' }).status === 0;
}
