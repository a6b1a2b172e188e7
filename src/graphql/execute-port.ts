/**
 * The port that this folder implements, as types. It belongs to its caller, the facade; of the
 * facade's table and profiles nothing is known here.
 */
export type { Dress, Execute, Json, MaybePromise, Operation, Outcome } from '../../rest-facade/execute.ts';
