import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './environment.js';

/** A folder with these files, as the configuration folder; variables and flags besides. */
function read(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  argv: readonly string[] = [],
) {
  const dir = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const paths = Object.entries(env).map(([name, value]) => [name, value.replace('DIR', dir)]);
    return readConfig({
      argv: ['--config-dir', dir, ...argv],
      env: Object.fromEntries(paths) as Record<string, string>,
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('the files of the settings', () => {
  it('are overruled in order: config.yml, override.yml, environment, flags', () => {
    const files = {
      'config.yml': 'sn_port: 1\ndn_port: 1\nbucket_name: config\nroot_dir: /config',
      'override.yml': 'dn_port: 2\nbucket_name: override\nroot_dir: /override',
    };
    const { config } = read(files, { BUCKET_NAME: 'env', ROOT_DIR: '/env' }, ['--root_dir=/flag']);
    expect(config).toMatchObject({
      sn_port: 1,
      dn_port: 2,
      bucket_name: 'env',
      root_dir: '/flag',
    });
  });

  it('may be config.yaml, or an override.yml alone, or one named by CONFIG_OVERRIDE_PATH', () => {
    expect(read({ 'config.yaml': 'sn_port: 7' }).config.sn_port).toBe(7);
    expect(read({ 'override.yml': 'sn_port: 8' }).config.sn_port).toBe(8);
    const named = read(
      { 'config.yml': 'sn_port: 1', 'override.yml': 'sn_port: 2', 'other.yml': 'sn_port: 9' },
      { CONFIG_OVERRIDE_PATH: 'DIR/other.yml' },
    );
    expect(named.config.sn_port).toBe(9);
  });

  it('warn of unknown keys and refuse malformed values by their name', () => {
    const { warnings } = read({ 'override.yml': 'no_such_key: 1' });
    expect(warnings).toEqual([
      expect.stringMatching(/override\.yml: unknown setting no_such_key is ignored$/),
    ]);
    expect(() => read({ 'override.yml': 'dn_count: many' })).toThrow(
      /dn_count \(.*override\.yml\): expected a whole number of at least 0, found "many"/,
    );
  });
});
