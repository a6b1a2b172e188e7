/**
 * The port that this folder implements, as types. It belongs to its caller, the facade; of the
 * facade's table and profiles nothing is known here.
 */
// biome-ignore lint/style/noRestrictedImports: types of the port that is implemented here
export type { Dress, Execute, Json, MaybePromise, Operation, Outcome } from '../../rest-facade/execute.ts';
