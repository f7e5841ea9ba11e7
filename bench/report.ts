import type { CaseResult, Measured } from './measure.js';

const MIB = 1024 * 1024;
const HEADER = [
  'case',
  'HSDS',
  'hsds-ts',
  'ratio',
  'goal',
  'CPU ratio',
  'bare HTTP',
  'of bare',
  'codec',
  'p99 HSDS / ours, ms',
  'errors HSDS / ours',
  'peak MiB HSDS / ours',
  'client',
];

/** Times theirs : ours; above 1 ours is faster. NaN when theirs was not measured, or refused all. */
export function ratioOf({ theirs, ours }: CaseResult): number {
  if (theirs === null || theirs.errorRate === 1) return NaN;
  return theirs.medianMs / ours.medianMs;
}

/** How near ours comes to a server that does nothing: 1 is as fast. */
export function shareOfBare({ ours, bare }: CaseResult): number {
  return bare.medianMs / ours.medianMs;
}

/** The goals that a case misses, in words. */
export function missesOf(result: CaseResult): readonly string[] {
  const { goal, ceilingGoal, theirs, ours, same } = result;
  const misses: string[] = [];
  const ratio = ratioOf(result);
  if (goal !== null && ratio < goal) misses.push(`${ratio.toFixed(1)}× of ${goal}×`);
  const share = shareOfBare(result);
  if (ceilingGoal !== null && share < ceilingGoal) {
    misses.push(`${percent(share)} of bare HTTP, not ${percent(ceilingGoal)}`);
  }
  if (theirs !== null && ours.peakBytes > theirs.peakBytes) misses.push('more memory');
  if (ours.errorRate > 0) misses.push(`${percent(ours.errorRate)} of requests refused`);
  if (same === false) misses.push('answers differ');
  return misses;
}

/** The results as a Markdown table, one row a case. */
function markdownTable(results: readonly CaseResult[]): string {
  const rows = [HEADER, HEADER.map(() => '---'), ...results.map(rowOf)];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What docs/benchmarks.md shows: how it was measured, and for each number of data nodes a table. */
export function resultsText(results: readonly CaseResult[], how: readonly string[]): string {
  const nodes = [...new Set(results.map(({ dataNodes }) => dataNodes))];
  const sections = nodes.map((count) => {
    const rows = results.filter(({ dataNodes }) => dataNodes === count);
    const misses = rows.flatMap((row) => {
      const words = missesOf(row).join('; ');
      return words === '' ? [] : [`- ${row.title}: ${words}.`];
    });
    const met = `${rows.length - misses.length} of ${rows.length} cases meet their goals.`;
    const list = misses.length === 0 ? [] : [`Missed:\n\n${misses.join('\n')}`];
    return [`### Data nodes: ${count}`, met, markdownTable(rows), ...list].join('\n\n');
  });
  return [how.join('\n'), ...sections].join('\n\n');
}

const BEGIN = '<!-- results: written by `npm run bench -- --page` -->';
const END = '<!-- end of results -->';

/** A page with the text between its two marks replaced. @throws Error without the marks */
export function withResults(page: string, text: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${BEGIN}`);
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}

function rowOf(result: CaseResult): readonly string[] {
  const { title, rate, theirs, ours, bare, goal, codecMs } = result;
  const ratio = ratioOf(result);
  const both = (text: (one: Measured) => string) =>
    `${theirs === null ? '–' : text(theirs)} / ${text(ours)}`;
  const cpu = theirs === null ? NaN : theirs.serverCpuMs / ours.serverCpuMs;
  const met = missesOf(result).length === 0;
  return [
    title,
    theirs === null ? '–' : speed(theirs, rate),
    speed(ours, rate),
    Number.isNaN(ratio) ? '–' : `**${ratio.toFixed(1)}**`,
    goal === null ? '–' : `${goal}${met ? '' : ' missed'}`,
    Number.isFinite(cpu) ? cpu.toFixed(1) : '–',
    speed(bare, rate),
    percent(shareOfBare(result)),
    codecMs === null ? '–' : `${codecMs.toFixed(0)} ms`,
    both((one) => one.p99Ms.toFixed(1)),
    both((one) => percent(one.errorRate)),
    both((one) => (one.peakBytes / MIB).toFixed(0)),
    percent(ours.clientShare),
  ];
}

function speed({ medianMs }: Measured, rate: boolean): string {
  if (rate) return `${Math.round(1000 / medianMs)}/s`;
  return `${medianMs < 10 ? medianMs.toFixed(2) : medianMs.toFixed(0)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
}
