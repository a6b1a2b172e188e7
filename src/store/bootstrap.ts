export type * from '../access/bootstrap.ts';
