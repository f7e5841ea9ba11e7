/** A setting that nothing reads must say so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KEYS, keySpec } from './keys.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

function sources(): string {
  const files = ['apps', 'libs'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .filter((name) => !name.includes('config/keys'))
      .map((name) => join(root, room, name)),
  );
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

describe('settings', () => {
  it('are read somewhere, or are known to have no effect', () => {
    const code = sources();
    const unread = Object.keys(KEYS).filter(
      (name) => keySpec(name)?.dead !== true && !new RegExp(`\\b${name}\\b`).test(code),
    );
    expect(unread).toEqual([]);
  });
});
