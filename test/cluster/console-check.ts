/** Whether the console obeys what is piped into it, and ends with its input. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RoleCheck } from './role-check.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM =
  '--no-warnings -C src --import ./scripts/typescript-hooks.mjs test/cluster/console.ts --port 0 --sn 1 --dn 2';
const LIMIT_MS = 180_000;

/** What is typed, and what must be printed after it and before the next. */
const DIALOGUE: readonly (readonly [string, RegExp])[] = [
  ['status', /epoch 1 ACTIVE {2}0=127\.0\.1\.1 1=127\.0\.1\.2\n/],
  ['scale 3', /dn-3 +127\.0\.1\.3 +no/],
  ['wait', /READY after [\d.]+ s\nepoch 2 ACTIVE .* 2=127\.0\.1\.3\n/],
  ['kill dn-1', /dn-1 ended with SIGKILL/],
  ['wait', /READY after [^]*?dn-1 +127\.0\.1\.1 +yes .*\(1 restarts\)/],
  ['cut dn-2 store', /dn-2 +127\.0\.1\.2 +yes +store /],
  ['mend dn-2 store', /dn-2 +127\.0\.1\.2 +yes {4,}/],
  ['cut dn-2 moon', /expected store, kubernetes, peers, found 'moon'/],
  ['stop dn-2 5', /dn-2 +127\.0\.1\.2 +yes +- +silent/],
  ['roll', /stop dn-2: done/],
  ['wait', /roll dn: done[^]*?READY after [^]*?0=127\.0\.1\.4 1=127\.0\.1\.5 2=127\.0\.1\.6\n/],
];

/** @param flags of the console: where the build is, which ports it may use */
export async function checkConsole(flags: readonly string[]): Promise<RoleCheck> {
  const args = [...PROGRAM.split(' '), ...flags];
  const child = spawn(process.execPath, args, { cwd: ROOT, timeout: LIMIT_MS });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stdin.end(DIALOGUE.map(([command]) => `${command}\n`).join(''));
  const [code] = (await once(child, 'close')) as [number | null];
  const problems = code === 0 ? [] : [`ended with ${code}`];
  let rest = output;
  for (const [command, answer] of DIALOGUE) {
    const found = answer.exec(rest);
    if (found === null) problems.push(`'${command}' is not followed by ${String(answer)}`);
    else rest = rest.slice(found.index + found[0].length);
  }
  if (problems.length > 0) problems.push(output);
  return { name: 'the console obeys its input', problems };
}
