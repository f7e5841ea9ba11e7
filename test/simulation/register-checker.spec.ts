import { RegisterChecker } from './register-checker.js';

/** `+1w5`: operation 1, a write of 5, begins; `-1`: it returns; `+2r`, `-2=5`: a read of 5. */
function verdicts(history: string): boolean[] {
  const checker = new RegisterChecker();
  return history.split(' ').flatMap((step) => {
    const [, sign, id, rest = ''] = /^([+-])(\d+)(.*)$/.exec(step)!;
    if (sign === '-') return [checker.returned(Number(id), Number(rest.slice(1)))];
    checker.invoke(Number(id), rest.startsWith('w') ? Number(rest.slice(1)) : null);
    return [];
  });
}

describe('RegisterChecker', () => {
  it.each([
    ['a read of what was written', '+1w5 -1 +2r -2=5'],
    ['a read during a write, of before or after', '+1w5 +2r -2=0 +3r -3=5 -1'],
    ['a write that never returned and took effect late', '+1w5 +2r -2=0 +3w6 -3 +4r -4=5'],
    ['a write that never returned and never took effect', '+1w5 +2w6 -2 +3r -3=6'],
    ['two writes in either order', '+1w5 +2w6 -1 -2 +3r -3=5'],
  ])('allows %s', (_what, history) => {
    expect(verdicts(history)).not.toContain(false);
  });

  it.each([
    ['a stale read', '+1w5 -1 +2r -2=0'],
    ['a value from nowhere', '+1w5 -1 +2r -2=7'],
    ['a value that went away again', '+1w5 +2r -2=5 +3r -3=0'],
    ['an unfinished write that took effect twice', '+1w5 +2r -2=5 +3w6 -3 +4r -4=6 +5r -5=5'],
  ])('finds %s', (_what, history) => {
    expect(verdicts(history).at(-1)).toBe(false);
  });
});
