import { dirname } from 'node:path';
import { FormatError } from './database.ts';
import { isCorrupt, isLocked, rootCause } from './level.ts';
import { GapError } from './sequence.ts';

/** Why a data folder cannot be used: one sentence that names the folder, for the person who starts the broker. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Answers the sentence about a data folder that could not be opened. */
export function refusalOf(folder: string, fault: unknown): StoreError {
  if (fault instanceof StoreError) return fault;
  if (fault instanceof FormatError) return new StoreError(`data folder '${folder}' ${fault.message}`, { cause: fault });
  if (isLocked(fault)) return inUse(folder, fault);
  if (fault instanceof GapError || isCorrupt(fault)) return damaged(folder, rootCause(fault).message, fault);
  return new StoreError(`data folder '${folder}' cannot be used: ${rootCause(fault).message}`, { cause: fault });
}

export const inUse = (folder: string, cause?: unknown): StoreError =>
  new StoreError(`data folder '${folder}' is in use by another process`, { cause });

/** The sentence about files that are not what was written. */
export const damaged = (folder: string, what: string, cause?: unknown): StoreError =>
  new StoreError(`data folder '${folder}' is damaged: ${what}; 'brokerql store repair' keeps what is left`, { cause });

/** Answers the sentence about records that could not be read as they were loaded; another fault as it is. */
export function unreadable(location: string, fault: unknown): unknown {
  const cause = rootCause(fault);
  const isOfLevel = cause.code?.startsWith('LEVEL_') === true && !isCorrupt(fault);
  if (isOfLevel || fault instanceof StoreError) return fault;
  return damaged(dirname(location), isCorrupt(fault) ? cause.message : 'a record cannot be read', fault);
}
