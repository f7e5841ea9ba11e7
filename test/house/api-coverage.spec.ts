import { spawnSync } from 'node:child_process';
import { API_ROUTES } from '../kit/api-routes.js';
import { ROOT, textOf } from './tree.js';

describe('docs/api.md', () => {
  it('is what the names of the tests make of it', () => {
    const made = spawnSync(process.execPath, ['scripts/api-coverage.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
  });

  it('has a row for every route of the OpenAPI document, and no other', () => {
    const rows = [...textOf('docs/api.md').matchAll(/^\| `([A-Z]+ \/[^`]*)` \|/gm)];
    expect(rows.map(([, route]) => route).sort()).toEqual([...API_ROUTES].sort());
  });
});
