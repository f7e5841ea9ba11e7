/** Checks that run one after another and say, in one line each, what is wrong and what to do. */
import { HdfError } from '#hdf5';
import type { Clock } from '#storage';

/** Nothing that is asked may be silent for longer. */
const CHECK_MS = 60_000;
const NAME_WIDTH = 18;

export interface Finding {
  readonly state: 'ok' | 'skip' | 'fix';
  /** What was found; for `fix` also what to do. One line, without secrets. */
  readonly text: string;
}

export interface Check {
  readonly name: string;
  /** Another check without which this one makes no sense. */
  readonly needs?: string;
  /** What it throws is a `fix`. */
  run(): Promise<Finding>;
}

export function ok(text: string): Finding {
  return { state: 'ok', text };
}

/** There is nothing to check. */
export function skip(text: string): Finding {
  return { state: 'skip', text };
}

export function fix(text: string): Finding {
  return { state: 'fix', text };
}

/**
 * Runs checks in their order.
 *
 * @param print takes a line without its end
 * @returns whether nothing is to be fixed
 */
export async function runChecks(
  checks: readonly Check[],
  clock: Clock,
  print: (line: string) => void,
): Promise<boolean> {
  const broken = new Set<string>();
  for (const check of checks) {
    const { needs = '' } = check;
    const found = broken.has(needs)
      ? skip(`not checked before ${needs} is fixed`)
      : await run(check, clock);
    const blocked = found.state === 'skip' && broken.has(needs);
    if (found.state === 'fix' || blocked) broken.add(check.name);
    print(`${found.state.padEnd(5)} ${check.name.padEnd(NAME_WIDTH)} ${oneLine(found.text)}`);
  }
  return broken.size === 0;
}

async function run(check: Check, clock: Clock): Promise<Finding> {
  let cancel = (): void => undefined;
  const late = new Promise<Finding>((resolve) => {
    cancel = clock.after(CHECK_MS, () => {
      resolve(fix(`no answer within ${CHECK_MS / 1000} s`));
    });
  });
  try {
    return await Promise.race([check.run(), late]);
  } catch (error) {
    return fix(error instanceof Error ? error.message : String(error));
  } finally {
    cancel();
  }
}

/** Names the step that failed. @throws HdfError of the same kind */
export async function step<T>(advice: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const kind = error instanceof HdfError ? error.kind : 'internal';
    const why = error instanceof Error ? error.message : String(error);
    throw new HdfError(kind, `${why}: ${advice}`, { cause: error });
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
