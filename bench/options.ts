import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchOptions {
  readonly quick: boolean;
  /** Names of cases, or beginnings of names; empty: all. */
  readonly only: readonly string[];
  readonly hsds: '0.9.4' | '1.0.2';
  /** Data nodes of each service, one pass each. */
  readonly nodes: readonly number[];
  readonly rounds: number;
  readonly leastRounds: number;
  /** Time of a case, ms, after which it has no more rounds than the least. */
  readonly caseMs: number;
  /** Length of a timed run, ms. */
  readonly timedMs: number;
  /** The built main of this server, or null for the one in `dist`. */
  readonly main: string | null;
  readonly port: number;
  /** Leave HSDS out: for profiles. */
  readonly alone: boolean;
  readonly nodeFlags: readonly string[];
  /** Put the tables into docs/benchmarks.md. */
  readonly page: boolean;
}

/** Shown on a wrong command line. */
export const USAGE = `npm run bench -- [--quick] [--only case,case] [--hsds 0.9.4|1.0.2]
  [--nodes 1,2] [--rounds n] [--main file] [--port n] [--alone] [--node-flags=--cpu-prof]
  [--page]`;

const QUICK = { rounds: 3, leastRounds: 2, caseMs: 5000, timedMs: 400 };
const FULL = { rounds: 5, leastRounds: 3, caseMs: 5000, timedMs: 500 };

/** @throws TypeError for what the usage does not know */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      hsds: { type: 'string', default: '0.9.4' },
      nodes: { type: 'string' },
      rounds: { type: 'string' },
      main: { type: 'string' },
      port: { type: 'string', default: '5181' },
      page: { type: 'boolean', default: false },
      alone: { type: 'boolean', default: false },
      'node-flags': { type: 'string', default: '' },
    },
  });
  const { quick, hsds } = values;
  if (hsds !== '0.9.4' && hsds !== '1.0.2') throw new TypeError(`no HSDS ${hsds}; ${USAGE}`);
  const preset = quick ? QUICK : FULL;
  return {
    quick,
    hsds,
    only: words(values.only),
    nodes: words(values.nodes ?? (quick ? '1' : '1,2')).map(Number),
    rounds: Number(values.rounds ?? preset.rounds),
    leastRounds: Number(values.rounds ?? preset.leastRounds),
    caseMs: preset.caseMs,
    timedMs: preset.timedMs,
    main: values.main ?? null,
    port: Number(values.port),
    alone: values.alone,
    page: values.page,
    nodeFlags: words(values['node-flags']),
  };
}

function words(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '');
}
