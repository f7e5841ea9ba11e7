import { spawnSync } from 'node:child_process';
import { ROOT } from './tree.js';

describe('the sample files in docs/compatibility.md', () => {
  it('are listed as the round trip expects them', () => {
    const made = spawnSync(process.execPath, ['scripts/sample-files.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([made.stderr, made.status]).toEqual(['', 0]);
  });
});
