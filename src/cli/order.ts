import { isAbsolute } from 'node:path';
import { z } from 'zod';

const role = z.enum(['ADMIN', 'OPERATOR', 'VIEWER']);
/** Null asks for one to be made. */
const secret = z.string().nullable();

/**
 * What the command line asks, as one line of JSON carries it. `what` names the operation as GraphQL and the audit log
 * do. Roles and times are those of `Accounts`; the target of a backup is the absolute path of its file.
 */
export const orderSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('users') }),
  z.strictObject({
    what: z.literal('createUser'),
    target: z.string(),
    secret,
    role: role.optional(),
    tags: z.string().optional(),
  }),
  z.strictObject({ what: z.literal('resetPassword'), target: z.string(), secret }),
  z.strictObject({ what: z.literal('applications') }),
  z.strictObject({
    what: z.literal('createApplication'),
    target: z.string(),
    secret,
    role: role.optional(),
    name: z.string().optional(),
    desc: z.string().optional(),
    expired: z.int().optional(),
    restProfile: z.enum(['3.0-beta', '3.0', '3.1', '3.2']).optional(),
  }),
  z.strictObject({ what: z.literal('resetApplicationSecret'), target: z.string(), secret }),
  z.strictObject({ what: z.literal('backup'), target: z.string().refine(isAbsolute) }),
]);

/** What the command line asks of the process that has the data folder open. */
export type Order = z.infer<typeof orderSchema>;

/** An order about accounts. */
export type AccountOrder = Exclude<Order, { readonly what: 'backup' }>;

/** An order that changes an account. `target` is the name of a user or the id of an application. */
export type Change = Extract<AccountOrder, { readonly target: string }>;

const row = z.record(z.string(), z.union([z.string(), z.boolean(), z.null()]));

/** The answer to an order, as one line of JSON carries it. */
export const replySchema = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('DONE'),
    /** The accounts of a list, or the one that was made or changed, or the file; keys are named as the flags. */
    rows: z.array(row),
    /** The secret that was made, this once; null when none was. */
    secret,
  }),
  z.strictObject({ result: z.literal('REFUSED'), message: z.string() }),
]);

/** The answer to an order. */
export type Reply = z.infer<typeof replySchema>;

/** The answer to an order that was carried out. */
export type Done = Extract<Reply, { readonly result: 'DONE' }>;

/** An account as it is listed. */
export type Row = z.infer<typeof row>;
