import { afterAll, beforeAll, vi } from 'vitest';
import { describeCommandLine } from './cli.ts';
import { describeClosing } from './closing.ts';
import { describeConfiguration } from './configuration.ts';
import { describeFaults } from './faults.ts';
import { describeLogs } from './logs.ts';
import { buildProgram, cleanUp, type Program } from './program.ts';
import { describeRefusals } from './refusals.ts';
import { describeStart } from './start.ts';

// A start takes a second of computing, and several on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// Built once for all of them.
let program: Program;

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(cleanUp);

const built = (): Program => program;

describeStart(built);
describeConfiguration(built);
describeRefusals(built);
describeClosing(built);
describeFaults(built);
describeLogs(built);
describeCommandLine(built);
