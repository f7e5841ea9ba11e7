import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config/load.js';
import { makeRuntime } from './make-runtime.js';

it('logs what Node itself warns of as a record', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hsds-runtime-'));
  const before = process.listeners('warning');
  try {
    const logfile = join(folder, 'log');
    makeRuntime(loadConfig({ argv: [`--logfile=${logfile}`], env: {} }));
    const warning = Object.assign(new Error('old\nNode'), { name: 'NodeVersionWarning' });
    process.emit('warning', warning);
    const text = () => readFileSync(logfile, { encoding: 'utf8', flag: 'a+' });
    while (!text().endsWith('\n')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(JSON.parse(text())).toMatchObject({
      level: 'WARN',
      msg: 'old\nNode',
      warning: 'NodeVersionWarning',
    });
  } finally {
    process.removeAllListeners('warning');
    for (const listener of before) process.on('warning', listener);
    rmSync(folder, { recursive: true });
  }
});
