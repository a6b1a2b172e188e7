import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

// graphql 16 ships a CommonJS and an ES build; libraries and tests must share one of them.
const graphql = createRequire(import.meta.url).resolve('graphql');

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Files of one worker share what they import: without it a third of the time goes into importing.
    isolate: false,
    // Most of a test is waiting for sockets: a core need not be kept free.
    maxWorkers: '100%',
    // Far from UTC, so that a local time in its place shows.
    env: { TZ: 'Asia/Kolkata' },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
