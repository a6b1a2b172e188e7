import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pin, SERVER_CORE } from '../pin.ts';
import type { Broker } from './broker.ts';
import { quiet } from './process-figures.ts';
import type { Running } from './running.ts';

/** A broker that runs on the servers' core, with a folder of its own. */
export interface Contender {
  readonly broker: Broker;
  readonly folder: string;
  running: Running;
}

/** Brokers side by side. */
export class Field {
  /** Where the data folders are. */
  readonly root: string;
  readonly contenders: Contender[] = [];

  constructor(parent: string = tmpdir()) {
    mkdirSync(parent, { recursive: true });
    this.root = mkdtempSync(join(parent, 'brokerql-bench-'));
  }

  async start(broker: Broker): Promise<Contender> {
    const folder = mkdtempSync(join(this.root, `${broker.name.replaceAll(' ', '-')}-`));
    const contender = { broker, folder, running: await broker.start(folder) };
    pin(contender.running.pid, SERVER_CORE);
    this.contenders.push(contender);
    return contender;
  }

  /** Kills a broker without warning and starts it again on what it has left; answers the milliseconds of the start. */
  async restart(contender: Contender, signal: NodeJS.Signals): Promise<number> {
    await contender.running.end(signal);
    const start = performance.now();
    contender.running = await contender.broker.start(contender.folder);
    pin(contender.running.pid, SERVER_CORE);
    return performance.now() - start;
  }

  /** Resolves when no broker is busy with what was asked of it before. */
  quiet(): Promise<void> {
    return quiet(this.contenders.map(({ running }) => running.pid));
  }

  /** Ends all brokers and removes what they have kept. */
  async close(): Promise<void> {
    await Promise.all(this.contenders.splice(0).map(({ running }) => running.end('SIGKILL')));
    rmSync(this.root, { recursive: true, force: true });
  }
}
