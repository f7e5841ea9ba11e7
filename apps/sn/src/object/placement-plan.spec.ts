import { toJsonMap, type Link } from '#hdf5';
import { parsePlacement } from './placement.params.js';
import { PlacementPlan } from './placement-plan.js';

const ROOT = 'g-5f1c2a90-7be3d481-d794-a218f3-6b5c09';
const GROUP = 'g-5f1c2a90-7be3d481-03b6-9e41c7-52d8aa';
const DATASET = 'd-5f1c2a90-7be3d481-4c27-1b80ef-96a35d';

const stored = new Map<string, Link>([
  [`${ROOT}/g`, { class: 'H5L_TYPE_HARD', id: GROUP, created: 1 }],
  [`${ROOT}/d`, { class: 'H5L_TYPE_HARD', id: DATASET, created: 1 }],
  [`${ROOT}/s`, { class: 'H5L_TYPE_SOFT', h5path: '/g', created: 1 }],
]);

function planFor(implicit: boolean) {
  let made = 0;
  return new PlacementPlan({
    root: ROOT,
    now: 5,
    implicit,
    newGroupId: () => `${GROUP.slice(0, -1)}${String(++made)}`,
    findLink: (id, title) => Promise.resolve(stored.get(`${id}/${title}`) ?? null),
  });
}

const atPath = (h5path: string) => {
  const placement = parsePlacement(toJsonMap({ h5path }), ROOT);
  if (placement === undefined) throw new Error('anonymous');
  return placement;
};

describe('parsePlacement', () => {
  it.each([
    [{ link: { id: GROUP, name: 'x' } }, { groupId: GROUP, titles: ['x'] }],
    [{ h5path: '/a//b/' }, { groupId: ROOT, titles: ['a', 'b'] }],
    [
      { h5path: 'a', parent_id: GROUP },
      { groupId: GROUP, titles: ['a'] },
    ],
    [{ parent_id: GROUP }, undefined],
    [{}, undefined],
  ])('takes %j', (body, expected) => {
    expect(parsePlacement(toJsonMap(body), ROOT)).toEqual(expected);
  });

  it.each([
    { link: { id: GROUP, name: 'x' }, h5path: 'x' },
    { link: { name: 'x' } },
    { link: { id: GROUP } },
    { link: { id: GROUP, name: 'a/b' } },
    { link: { id: DATASET, name: 'x' } },
    { link: 'x' },
    { h5path: '/a', parent_id: GROUP },
    { h5path: '/' },
    { h5path: '' },
    { h5path: 7 },
    { h5path: 'a', parent_id: 'g-1' },
    { h5path: 'a', parent_id: DATASET },
  ])('refuses %j', (body) => {
    expect(() => parsePlacement(toJsonMap(body), ROOT)).toThrow(
      expect.objectContaining({ kind: 'invalid' }) as Error,
    );
  });
});

describe('PlacementPlan', () => {
  it('links into the group at the end of the path', async () => {
    const plan = planFor(false);
    await plan.place(atPath('g/new'), DATASET);
    expect(plan.newGroups).toEqual([]);
    expect([...plan.newLinks.keys()]).toEqual([GROUP]);
    expect(plan.newLinks.get(GROUP)?.get('new')).toMatchObject({ id: DATASET, created: 5 });
  });

  it('makes missing groups whole, so that one link brings them all', async () => {
    const plan = planFor(true);
    await plan.place(atPath('a/b/x'), DATASET);
    await plan.place(atPath('a/b/y'), GROUP);
    const [a, b] = plan.newGroups;
    expect(plan.newGroups).toHaveLength(2);
    expect([...(plan.newLinks.get(ROOT) ?? [])]).toMatchObject([['a', { id: a?.id }]]);
    expect(plan.newLinks.size).toBe(1);
    expect(a?.links.get('b')).toMatchObject({ id: b?.id });
    expect([...(b?.links.keys() ?? [])]).toEqual(['x', 'y']);
  });

  it.each([
    ['missing/x', 'not-found'],
    ['d/x', 'invalid'],
    ['s/x', 'invalid'],
    ['g', 'conflict'],
    ['s', 'conflict'],
  ])('refuses %s as %s', async (path, kind) => {
    await expect(planFor(false).place(atPath(path), DATASET)).rejects.toMatchObject({ kind });
  });

  it('sees what earlier objects of the request took', async () => {
    const plan = planFor(false);
    await plan.place(atPath('x'), DATASET);
    await expect(plan.place(atPath('x'), GROUP)).rejects.toMatchObject({ kind: 'conflict' });
  });
});
