import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, cleanUp, type Program } from '../process/program.ts';

interface FuzzScript {
  fuzz(run: {
    readonly main: string;
    readonly seed: number;
    readonly packets: number;
    readonly requests: number;
    readonly milliseconds: number;
  }): Promise<{ readonly packets: number; readonly requests: number; readonly faults: readonly string[] }>;
}

// Plain scripts, so that they run without being compiled.
const script: string = './fuzz.js';
const { fuzz } = (await import(script)) as FuzzScript;

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
}, 60_000);

afterAll(cleanUp);

test('mutated packets, requests and documents end no broker, fill no memory, and get an answer of 4xx or none', async () => {
  const { packets, requests, faults } = await fuzz({
    main: program.main,
    seed: 20_261_123,
    packets: 2000,
    requests: 500,
    milliseconds: 60_000,
  });
  expect(faults).toEqual([]);
  expect(packets).toBeGreaterThanOrEqual(2000);
  expect(requests).toBeGreaterThanOrEqual(500);
}, 120_000);
