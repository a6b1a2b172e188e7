export type * from '../access/principal.ts';
