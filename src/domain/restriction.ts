/** Fields that are absent or null do not restrict; several restrict together (AND). */
export type Restriction<T> = { readonly [K in keyof T]?: T[K] | null | undefined };
