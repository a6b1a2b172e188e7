import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names that no case asks for, so that none of them locks the fuzzer out. */
export const APP = ['fuzzer-application', 'fuzzer-secret'];
export const ADMIN = ['fuzzer-user', 'fuzzer-password'];

/** Sessions end soon and the audit log is short: what they hold is no leak. */
const SETTINGS = `mqtt: {port: 0, ws_port: 0, session_expiry_interval: 1, max_mqueue_len: 1000}
http: {port: 0}
dashboard: {port: 0}
app: {id: ${APP[0]}, secret: ${APP[1]}}
admin: {user: ${ADMIN[0]}, password: ${ADMIN[1]}}
audit: {max_entries: 100}
`;

/** Runs in the broker's process: collects garbage and tells the memory on demand, and keeps nothing alive. */
const PROBE = `data:text/javascript,${encodeURIComponent(`
process.on('message', () => { gc(); gc(); process.send(process.memoryUsage()); });
process.channel.unref();
`)}`;

/**
 * Starts the built program on free ports of 127.0.0.1 with a data folder of its own. Resolves when it runs.
 * `problems` are the lines that it should not have written.
 */
export async function startBroker(main) {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-fuzz-'));
  writeFileSync(join(folder, 'fuzz.yaml'), SETTINGS);
  const child = spawn(process.execPath, ['--expose-gc', '--import', PROBE, main, 'start', '--config', 'fuzz.yaml'], {
    cwd: folder,
    // Every thread's own arena would keep some of what it freed, which looks like a leak.
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const problems = [];
  let summary = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('{')) summary += `${line}\n`;
      else if (['error', 'fatal'].includes(JSON.parse(line).level)) problems.push(line);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text) => problems.push(text));
  const exited = once(child, 'exit').then(([code, signal]) => {
    problems.push(`the broker ended with code ${code}, signal ${signal}`);
  });
  while (!/dashboard: REST .*\n/.test(summary)) {
    await Promise.race([once(child.stdout, 'data'), exited]);
    if (child.exitCode !== null) throw new Error(problems.join('\n'));
  }
  const portOf = (label) => Number(new RegExp(`^  ${label} +\\w+://127\\.0\\.0\\.1:(\\d+)`, 'm').exec(summary)?.[1]);

  return {
    problems,
    mqttPort: portOf('MQTT'),
    webSocketPort: portOf('MQTT over WebSocket'),
    managementPort: portOf('management: REST'),
    dashboardPort: portOf('dashboard: REST'),
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    /** What `process.memoryUsage` answers in the broker after garbage collection. */
    async memory() {
      child.send('memory');
      const [usage] = (await Promise.race([once(child, 'message'), exited])) ?? [];
      if (usage === undefined) throw new Error('the broker ended before it told its memory');
      return usage;
    },
    async stop() {
      const found = [...problems];
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await exited;
        if (child.exitCode !== 0) found.push(problems.at(-1));
      }
      rmSync(folder, { recursive: true, force: true });
      return found;
    },
  };
}
