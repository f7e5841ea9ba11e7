import { Register, type Crash, type Level } from './registers.js';

const crash: Crash = { killMs: 10_000, flushAgeMs: 2000, flushSentMs: -Infinity };

function aRegister(...writes: [id: number, level: Level, sent: number, acked: number | null][]) {
  const register = new Register('r');
  for (const [id, level, sentMs, ackedMs] of writes) register.begin({ id, level, sentMs, ackedMs });
  return register;
}

describe('the judge of the durability tests', () => {
  it.each([
    ['the last write', 2, undefined],
    ['a lost write at D3', 1, /D3 write 2 lost/],
    ['nothing', 0, /lost/],
    ['parts of several writes', 'mixed', /several/],
    ['what nobody wrote', 7, /never written/],
  ] as const)('sees %s', (_name, found, expected) => {
    const register = aRegister([1, 'D0', 9000, 9001], [2, 'D3', 9100, 9200]);
    const complaint = register.complaint(found, crash);
    if (expected === undefined) expect(complaint).toBeUndefined();
    else expect(complaint).toMatch(expected);
  });

  it('forgives a D0 write only while it is younger than the flush age and no flush came', () => {
    const young = aRegister([1, 'D0', 8500, 8501]);
    expect(young.complaint(0, crash)).toBeUndefined();
    expect(young.complaint(0, { ...crash, flushSentMs: 8600 })).toMatch(/D0 write 1 lost/);
    expect(aRegister([1, 'D0', 7000, 7999]).complaint(0, crash)).toMatch(/D0 write 1 lost/);
  });

  it('lets writes at the same time end in either order, acknowledged or not', () => {
    const register = aRegister([1, 'D3', 9000, 9500], [2, 'D3', 9400, 9600], [3, 'D3', 9500, null]);
    for (const found of [1, 2, 3]) expect(register.complaint(found, crash)).toBeUndefined();
    register.restart(2, 10_500);
    expect(register.complaint(1, crash)).toMatch(/never written/);
    expect(register.complaint(0, { ...crash, killMs: 11_000 })).toMatch(/write 2 lost/);
  });
});
