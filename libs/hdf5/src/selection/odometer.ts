/**
 * Steps to the next combination in row-major order, the last place fastest.
 *
 * @param picks changed in place; all zeros again after the last combination
 * @param counts how many values each place has, at least 1
 * @returns false after the last combination
 */
export function advance(picks: number[], counts: readonly number[]): boolean {
  for (let place = picks.length - 1; place >= 0; place--) {
    const next = (picks[place] ?? 0) + 1;
    if (next < (counts[place] ?? 0)) {
      picks[place] = next;
      return true;
    }
    picks[place] = 0;
  }
  return false;
}
