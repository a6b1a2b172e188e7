/** Figures that move between two requests. */
const VOLATILE = new Set([
  'datetime',
  'uptime',
  'load1',
  'load5',
  'load15',
  'memory_total',
  'memory_used',
  'process_used',
]);

const isHttpListener = (value: object): boolean =>
  'protocol' in value && typeof value.protocol === 'string' && value.protocol.startsWith('http:');

/** The value with the name of its type in the place of each volatile figure. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const isHttp = isHttpListener(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isVolatile = VOLATILE.has(key) || (isHttp && key === 'current_conns');
      return [key, isVolatile ? `<${typeof inner}>` : masked(inner)];
    }),
  );
}
