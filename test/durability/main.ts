/**
 * Kills the server with SIGKILL at random moments while clients write, starts it again and reads
 * everything back: writes acknowledged at D3, or flushed, are there; of those at D0 at most the ones
 * younger than the flush age are gone; nothing is a mixture of two writes. Ends with
 * `N passed, N failed`.
 *
 *   node -C src --import ./scripts/typescript-hooks.mjs test/durability/main.ts [flags]
 *
 * Flags: --rounds 20, --seed N, --data-nodes 0, --main <built main.js>, --keep.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Prng } from '../simulation/prng.js';
import { diskComplaints } from './disk-check.js';
import type { Crash, Level, RegisterWrite } from './registers.js';
import { CHUNK_ELEMENTS, Scene } from './scene.js';
import { freePorts, ServerProcess, type ServerOptions } from './server-process.js';

/** HSDS's promise: two seconds, half of it the age at which changes are written. */
const FLUSH_AGE_MS = 2000;
const WRITERS = 6;
const RUN_MS = [300, 5000] as const;
/** Rounds with hardly any D3 show what D0 loses: a D3 write stores its whole chunk. */
const D3_SHARES = [0.02, 0.5] as const;
const BUCKET = 'hsdstest';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    main: { type: 'string', default: 'dist/apps/embedded/src/main.js' },
    'data-nodes': { type: 'string', default: '0' },
    keep: { type: 'boolean', default: false },
  },
});

/** Counts checks, prints those that fail. */
const tally = { passed: 0, failed: 0 };

function check(name: string, complaints: readonly string[]): void {
  if (complaints.length === 0) {
    tally.passed += 1;
    return;
  }
  tally.failed += 1;
  console.log(`FAILED ${name}: ${complaints.length} complaints`);
  for (const complaint of complaints.slice(0, 10)) console.log(`    ${complaint}`);
}

/** Writers that run until they are told to stop; failures are what a kill looks like. */
class Load {
  private stopped = false;
  private lastId: number;
  private readonly d3Share: number;
  flushSentMs = -Infinity;
  acked = 0;
  refused: string[] = [];

  constructor(
    private readonly scene: Scene,
    private readonly random: Prng,
    firstId: number,
  ) {
    this.lastId = firstId;
    this.d3Share = random.pick(D3_SHARES);
  }

  async run(): Promise<number> {
    const slots = this.scene.slots;
    const writers = Array.from({ length: WRITERS }, async () => {
      const random = this.random.fork();
      while (!this.stopped) {
        const slot = random.pick(slots);
        const level: Level = random.chance(this.d3Share) ? 'D3' : 'D0';
        const write: RegisterWrite = { id: ++this.lastId, level, sentMs: now(), ackedMs: null };
        slot.register.begin(write);
        if (await this.succeeds(slot.write(write.id, level), slot.register.name)) {
          write.ackedMs = now();
        }
        if (random.chance(0.02)) await this.create(random);
        if (random.chance(0.002)) await this.flush();
      }
    });
    await Promise.all(writers);
    return this.lastId;
  }

  stop(): void {
    this.stopped = true;
  }

  private async create(random: Prng): Promise<void> {
    const level = random.chance(0.5) ? 'D3' : 'D0';
    await this.succeeds(this.scene.createGroup(`new${++this.lastId}`, level), 'a new group');
  }

  private async flush(): Promise<void> {
    const sentMs = now();
    if (await this.succeeds(this.scene.flush(), 'flush')) {
      this.flushSentMs = Math.max(this.flushSentMs, sentMs);
    }
  }

  /** @returns whether it was acknowledged; an unexpected status is a finding */
  private async succeeds(call: Promise<{ status: number }>, what: string): Promise<boolean> {
    try {
      const { status } = await call;
      const isSuccess = status >= 200 && status < 300;
      if (isSuccess) this.acked += 1;
      else this.refused.push(`${what}: status ${status}`);
      return isSuccess;
    } catch {
      // Cut off by the kill. Without this pause a dead server would be asked in a tight loop.
      await sleep(20);
      return false;
    }
  }
}

function now(): number {
  return performance.now();
}

async function round(parts: {
  name: string;
  options: ServerOptions;
  server: ServerProcess;
  scene: Scene;
  random: Prng;
  firstId: number;
}): Promise<{ server: ServerProcess; lastId: number }> {
  const { name, options, server, scene, random, firstId } = parts;
  const load = new Load(scene, random, firstId);
  const running = load.run();
  await sleep(random.between(...RUN_MS));
  const killMs = now();
  const victims = options.dataNodes > 0 && random.chance(0.4) ? 'front' : 'all';
  await server.kill(victims);
  load.stop();
  const lastId = await running;
  const crash: Crash = { killMs, flushAgeMs: FLUSH_AGE_MS, flushSentMs: load.flushSentMs };
  check(`${name}: nothing is refused`, load.refused);
  check(
    `${name}: what is on disk`,
    diskComplaints(join(options.folder, 'data', BUCKET), scene.chunkSizes),
  );
  const restarted = await ServerProcess.start(options);
  check(`${name}: starts again`, restarted.startMs < 30_000 ? [] : [`${restarted.startMs} ms`]);
  scene.reconnect(restarted.endpoint);
  const found = await scene.read();
  const complaints = [...found].map(([register, value]) => register.complaint(value, crash));
  check(
    `${name}: what was acknowledged`,
    complaints.filter((complaint) => complaint !== undefined),
  );
  check(`${name}: created objects`, await scene.lostGroups());
  for (const [register, value] of found) register.restart(value, now());
  const facts = `${load.acked} acknowledged, killed ${victims}`;
  console.log(`${name}: ${facts}, started in ${Math.round(restarted.startMs)} ms`);
  return { server: restarted, lastId };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hsds-durability-'));
  const random = new Prng(Number(flags.seed));
  const dataNodes = Number(flags['data-nodes']);
  const chunkBytes = CHUNK_ELEMENTS * 8;
  const options: ServerOptions = {
    main: resolve(flags.main),
    port: await freePorts(1 + dataNodes),
    folder,
    dataNodes,
    flags: [
      `--root_dir=${join(folder, 'data')}`,
      `--bucket_name=${BUCKET}`,
      `--min_chunk_size=${chunkBytes}`,
      `--max_chunk_size=${chunkBytes}`,
    ],
  };
  let server = await ServerProcess.start(options);
  try {
    const scene = new Scene(server.endpoint);
    await scene.make();
    let lastId = 0;
    for (let at = 1; at <= Number(flags.rounds); at++) {
      const name = `round ${at}, seed ${flags.seed}, ${options.dataNodes} data nodes`;
      const parts = { name, options, server, scene, random: random.fork(), firstId: lastId };
      ({ server, lastId } = await round(parts));
    }
    await server.stop();
  } catch (error) {
    check('the test itself', [error instanceof Error ? (error.stack ?? error.message) : 'error']);
    await server.kill('all');
  }
  if (flags.keep) console.log(`kept ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

await main();
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
