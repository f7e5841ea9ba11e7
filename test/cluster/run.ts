/**
 * Runs scenarios against a cluster of real processes and prints what clients noticed.
 *
 *   node -C src --import ./scripts/typescript-hooks.mjs test/cluster/run.ts [--quick] [--only text]
 *     [--repeat 1] [--page] [--dist folder] [--folder folder] [--sn 2] [--dn-port 6711]
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { H5pydLoop, type LoopTally } from './h5pyd-loop.js';
import { checkConsole } from './console-check.js';
import { checkForce } from './force-check.js';
import { longestSilence, percentile, type Tally } from './history.js';
import { LocalCluster, type Ending } from './local-cluster.js';
import { replaceSection, tableOf } from './page.js';
import { checkRole, type RoleCheck } from './role-check.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { PlainClient, Workload } from './workload.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Enough clients that some are free while others are held: each works on any object. */
const WORK = { writers: 8, readers: 8, thinkMs: 200 };

interface Row {
  readonly scenario: Scenario;
  readonly tally: Tally;
  /** The longest time without an answer, ms, while clients worked. */
  readonly silenceMs: number;
  /** Null when h5pyd is not installed. */
  readonly h5pyd: LoopTally | null;
  readonly endings: readonly Ending[];
  readonly seconds: number;
  readonly problems: readonly string[];
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    repeat: { type: 'string', default: '1' },
    dist: { type: 'string', default: join(ROOT, 'dist') },
    folder: { type: 'string' },
    sn: { type: 'string', default: '2' },
    'dn-port': { type: 'string', default: '6711' },
    'sn-port': { type: 'string', default: '5711' },
    page: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** Clients of the Kubernetes API may use a token that was replaced a minute ago. */
const TOKEN_OVERLAP_MS = 75_000;

async function main(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'hsds-cluster-'));
  const say = (line: string) => {
    const at = new Date().toISOString().slice(11, 23);
    if (values.verbose) console.log(`  ${at} ${line}`);
  };
  const cluster = new LocalCluster({
    dist: resolve(values.dist),
    folder,
    dnPort: Number(values['dn-port']),
    snPort: Number(values['sn-port']),
    settings: { MIN_CHUNK_SIZE: '1k', LOG_LEVEL: values.verbose ? 'DEBUG' : 'INFO' },
    onEvent: say,
    ...(values.quick ? { preStopMs: 2000 } : {}),
  });
  const rows: Row[] = [];
  const checks: RoleCheck[] = [];
  try {
    const chosen = SCENARIOS.filter(({ name }) => name.includes(values.only)).flatMap((scenario) =>
      new Array<Scenario>(Number(values.repeat)).fill(scenario),
    );
    await cluster.start({ sn: Number(values.sn), dn: chosen[0]?.dns ?? 1 });
    console.log(`cluster at ${cluster.endpoint}, logs in ${folder}/logs`);
    cluster.rotateTokens();
    const expiry = setTimeout(() => {
      cluster.kubernetes.expireTokens();
    }, TOKEN_OVERLAP_MS);
    const client = new PlainClient(cluster.endpoint);
    const workload = await Workload.prepare(client);
    const loop = H5pydLoop.start(cluster.endpoint);
    for (const scenario of chosen) {
      rows.push(await play(scenario, cluster, { workload, loop }));
      report(rows.at(-1));
      await client.reconnect();
    }
    await loop?.stop();
    if ('SIGTERM'.includes(values.only)) checks.push(reported(await checkForce(cluster)));
    if ('Role'.includes(values.only)) checks.push(...(await checkRights(cluster, folder)));
    clearTimeout(expiry);
  } finally {
    await cluster.close();
  }
  if ('console'.includes(values.only)) {
    const { dist, 'dn-port': dnPort, 'sn-port': snPort } = values;
    const flags = ['--dist', dist, '--dn-port', dnPort, '--sn-port', snPort];
    checks.push(reported(await checkConsole(flags)));
  }
  const table = trialsTable(rows);
  console.log(`\n${table}\n`);
  const outcomes = [...rows, ...checks];
  const failed = outcomes.filter(({ problems }) => problems.length > 0).length;
  const counts = `${outcomes.length - failed} passed, ${failed} failed`;
  if (values.page) {
    const command = `npm run cluster -- --trials${values.quick ? ' --quick' : ''} --page`;
    const list = checks.map(({ name, problems }) => `- ${name}: ${problems.join('; ') || 'ok'}`);
    const text = `\`${command}\`: ${counts}.\n\n${table}\n\nAfterwards:\n\n${list.join('\n')}`;
    replaceSection('trials', text);
  }
  console.log(counts);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** What pods say when their Role lacks a verb, and whether rotated tokens were taken up. */
async function checkRights(cluster: LocalCluster, folder: string): Promise<RoleCheck[]> {
  const checks: RoleCheck[] = [];
  const refused = cluster.kubernetes.asked.filter((what) => what.startsWith('401')).length;
  const problems = refused === 0 ? [] : [`${refused} requests came with an expired token`];
  checks.push({ name: 'rotated service account tokens', problems });
  for (const [role, verb] of [
    ['dn', 'list'],
    ['dn', 'watch'],
    ['sn', 'list'],
  ] as const) {
    checks.push(await checkRole(cluster, folder, { role, verb, verbs: cluster.verbs(role) }));
  }
  return checks.map(reported);
}

function reported(check: RoleCheck): RoleCheck {
  const { name, problems } = check;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name} ${problems.join('; ')}`);
  return check;
}

async function play(
  scenario: Scenario,
  cluster: LocalCluster,
  { workload, loop }: { workload: Workload; loop: H5pydLoop | null },
): Promise<Row> {
  const problems: string[] = [];
  const begun = Date.now();
  try {
    await cluster.scale('dn', scenario.dns);
    await cluster.settled();
    cluster.endBackOff();
    cluster.takeEndings();
    workload.history.turn();
    loop?.turn();
    workload.start(WORK);
    await scenario.act(cluster);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    const status = await cluster.status();
    workload.history.note(JSON.stringify(cluster.record));
    for (const node of status) workload.history.note(JSON.stringify(node));
  }
  await workload.stop();
  const silenceMs = longestSilence(workload.history.tally.endedAt);
  if (loop !== null) await settle(cluster, loop, problems);
  await workload.readBack();
  const tally = workload.history.turn();
  const h5pyd = loop?.turn() ?? null;
  const endings = cluster.takeEndings();
  problems.push(...judge(scenario, tally), ...judgeLoop(scenario, h5pyd), ...judgeEndings(endings));
  const seconds = (Date.now() - begun) / 1000;
  return { scenario, tally, silenceMs, h5pyd, endings, seconds, problems };
}

/** A program that was held goes on when all is well again. */
async function settle(cluster: LocalCluster, loop: H5pydLoop, problems: string[]): Promise<void> {
  try {
    await cluster.until(() => loop.rounds > 0 || loop.ended, 'h5pyd goes on');
    if (loop.ended) problems.push('the program with h5pyd has ended');
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}

/** What the protocol does not allow. */
function judge(scenario: Scenario, tally: Tally): string[] {
  const { stale, lost } = tally;
  const unsafe = stale.D3 + lost.D3 + tally.lostObjects;
  const expected = { broken: tally.broken, held: tally.failed };
  const unexpected =
    tally.failed - (scenario.mayFail === undefined ? 0 : expected[scenario.mayFail]);
  const weak = stale.D0 + lost.D0;
  return [
    ...(unexpected > 0 ? [`${unexpected} failed`] : []),
    ...(unsafe > 0 ? [`${unsafe} stale or lost`] : []),
    ...(weak > 0 && scenario.mayLoseD0 === undefined ? [`${weak} of D0 stale or lost`] : []),
    ...(tally.requests < 50 ? [`only ${tally.requests} requests`] : []),
  ];
}

/** The same for a program that uses h5pyd. */
function judgeLoop(scenario: Scenario, h5pyd: LoopTally | null): string[] {
  if (h5pyd === null) return [];
  const { failed, wrong } = h5pyd;
  return [
    ...(failed > 0 && scenario.mayFail === undefined ? [`h5pyd: ${failed} failed`] : []),
    ...(wrong > 0 && scenario.mayLoseD0 === undefined ? [`h5pyd: ${wrong} wrong`] : []),
  ];
}

/** A pod that is deleted stores what it has, ends by itself within its grace period, and says 0. */
function judgeEndings(endings: readonly Ending[]): string[] {
  return endings.flatMap(({ name, how, tookMs }) =>
    how === 0 ? [] : [`${name} ended with ${how} after ${tookMs} ms`],
  );
}

function report(row: Row | undefined): void {
  if (row === undefined) return;
  const { scenario, tally, h5pyd, seconds, problems } = row;
  const verdict = problems.length === 0 ? 'ok  ' : 'FAIL';
  console.log(`${verdict} ${scenario.name} (${seconds.toFixed(0)} s) ${problems.join('; ')}`);
  for (const note of tally.notes) console.log(`     ${note}`);
  for (const trouble of h5pyd?.troubles ?? []) console.log(`     h5pyd ${trouble}`);
}

const HEAD = [
  'scenario',
  'requests',
  'failed',
  'lost D3',
  'lost D0',
  'stale D3',
  'stale D0',
  'objects lost',
  'p50 ms',
  'p99 ms',
  'max ms',
  'longest silence ms',
  'h5pyd rounds',
  'failed',
  'wrong',
  'pods ended 0',
  'longest end ms',
];

function trialsTable(rows: readonly Row[]): string {
  return tableOf(HEAD, rows.map(cellsOf));
}

function cellsOf({ scenario, tally, silenceMs, h5pyd, endings }: Row): (string | number)[] {
  const sorted = [...tally.durationsMs].sort((a, b) => a - b);
  const inOrder = endings.filter(({ how }) => how === 0).length;
  return [
    scenario.name,
    tally.requests,
    tally.failed,
    tally.lost.D3,
    tally.lost.D0,
    tally.stale.D3,
    tally.stale.D0,
    tally.lostObjects,
    percentile(sorted, 0.5),
    percentile(sorted, 0.99),
    sorted.at(-1) ?? 0,
    silenceMs,
    h5pyd?.rounds ?? '-',
    h5pyd?.failed ?? '-',
    h5pyd?.wrong ?? '-',
    endings.length === 0 ? '-' : `${inOrder} of ${endings.length}`,
    endings.length === 0 ? '-' : Math.max(...endings.map(({ tookMs }) => tookMs)),
  ];
}

await main();
