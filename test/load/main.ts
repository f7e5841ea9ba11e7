// `npm run load`: many clients at once, reads and writes mixed; no request may fail.
//
//   npm run load -- [--clients 500] [--seconds 60] [--hsds] [--port 5390]
//
// --hsds: HSDS 0.9.4 too, as installed and with ten times its max_task_count, for comparison.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startHsds, startOurs, type Service } from '../../bench/services.js';
import { drive, type Outcome } from './drive.js';

const ROOT = process.cwd();
const HSDS_TASKS_MAX = 100;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    port: { type: 'string', default: '5390' },
    hsds: { type: 'boolean', default: false },
  },
});
const clients = Number(values.clients);
const seconds = Number(values.seconds);
const port = Number(values.port);

const main = join(ROOT, 'dist', 'apps', 'embedded', 'src', 'main.js');
if (!existsSync(main)) throw new Error('npm run build first');
const ours = await measure(
  await startOurs({ root: ROOT, port, dataNodes: 1, main, nodeFlags: [] }),
  'hsds-ts, embedded',
);
const others: Outcome[] = [];
if (values.hsds) {
  for (const tasksMax of [HSDS_TASKS_MAX, 10 * HSDS_TASKS_MAX]) {
    const options = { root: ROOT, port: port + 1, dataNodes: 1, version: '0.9.4', tasksMax };
    const name = `HSDS 0.9.4, max_task_count ${tasksMax}`;
    others.push(await measure(startHsds(options), name));
  }
}
print([ours, ...others]);
const failed = [...ours.failures.values()].reduce((sum, count) => sum + count, 0);
const checks = [failed === 0, ours.starved === 0, ours.requests > clients];
const passed = checks.filter(Boolean).length;
console.log(`${passed} passed, ${checks.length - passed} failed`);
process.exitCode = passed === checks.length ? 0 : 1;

async function measure(service: Service, name: string): Promise<Outcome> {
  const home = join(ROOT, 'scripts', 'hsds_home.py');
  try {
    const endpoint = `http://localhost:${service.target.port}`;
    execFileSync('python3', [home, '--endpoint', endpoint], { stdio: 'inherit' });
    return { ...(await drive(service.target, clients, seconds)), name };
  } finally {
    await service.stop();
  }
}

function print(outcomes: readonly Outcome[]): void {
  console.log(`${clients} clients, ${seconds} s, one request in three a write`);
  console.log('| service | requests | failed | no answer at all | requests/s | p50 | p99 | max |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const one of outcomes) {
    const { name, requests, failures, starved, p50Ms, p99Ms, maxMs } = one;
    const why = [...failures].map(([reason, count]) => `${count} × ${reason}`).join(', ');
    const rate = (requests / one.seconds).toFixed(0);
    const times = [p50Ms, p99Ms, maxMs].map((ms) => `${ms.toFixed(0)} ms`).join(' | ');
    console.log(`| ${name} | ${requests} | ${why || '0'} | ${starved} | ${rate} | ${times} |`);
  }
}
