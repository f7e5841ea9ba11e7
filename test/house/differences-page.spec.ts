import { spawnSync } from 'node:child_process';
import { ROOT, textOf } from './tree.js';

interface Entry {
  readonly label: string;
  readonly reason?: string;
  readonly reference?: string;
}

describe('differences from HSDS', () => {
  const entries = JSON.parse(textOf('test/oracle/known-differences.json')) as Entry[];

  it('are all on the page', () => {
    const made = spawnSync(process.execPath, ['scripts/differences-page.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
  });

  it('say why, and which rule has it so', () => {
    const bare = entries.filter(
      ({ reason, reference }) => !reason || !/^part \d/.test(reference ?? ''),
    );
    expect(bare).toEqual([]);
  });
});
