import fc from 'fast-check';
import { findAlias, type HardLinks } from './alias.js';

const groupId = (n: number) => `g-00000000-00000000-0000-000000-${String(n).padStart(6, '0')}`;
const datasetId = (n: number) => groupId(n).replace('g-', 'd-');

/** The rule as written: at each group look at every link in order, descend before the next. */
function slowAlias(
  links: Map<string, HardLinks>,
  root: string,
  target: string,
): string | undefined {
  const visited = new Set([root]);
  const search = (group: string, path: string): string | undefined => {
    const sorted = [...(links.get(group) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [title, id] of sorted) {
      if (id === target) return `${path}/${title}`;
      if (!id.startsWith('g-') || visited.has(id)) continue;
      visited.add(id);
      const found = search(id, `${path}/${title}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return root === target ? '/' : search(root, '');
}

describe('findAlias', () => {
  it('goes down before it looks at the next title', () => {
    const links = new Map<string, HardLinks>([
      [
        groupId(0),
        [
          ['b', datasetId(9)],
          ['a', groupId(1)],
        ],
      ],
      [groupId(1), [['x', datasetId(9)]]],
    ]);
    expect(findAlias(groupId(0), datasetId(9), links)).toBe('/a/x');
  });

  it('knows the root, cycles and what is not linked', () => {
    const links = new Map<string, HardLinks>([[groupId(0), [['self', groupId(0)]]]]);
    expect(findAlias(groupId(0), groupId(0), links)).toBe('/');
    expect(findAlias(groupId(0), datasetId(1), links)).toBeUndefined();
  });

  it('finds what the written rule finds', () => {
    const link = fc.tuple(fc.nat(6), fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(8));
    fc.assert(
      fc.property(fc.array(link, { maxLength: 25 }), fc.nat(8), (triples, wanted) => {
        const byTitle = new Map<string, Map<string, string>>();
        const idOf = (n: number) => (n < 7 ? groupId(n) : datasetId(n));
        for (const [from, title, to] of triples) {
          const titles = byTitle.get(groupId(from)) ?? new Map<string, string>();
          byTitle.set(groupId(from), titles.set(title, idOf(to)));
        }
        const links = new Map([...byTitle].map(([id, titles]) => [id, [...titles]]));
        const target = idOf(wanted);
        expect(findAlias(groupId(0), target, links)).toBe(slowAlias(links, groupId(0), target));
      }),
    );
  });
});
