import fc from 'fast-check';
import { resultShape, slabCount } from './axes.js';
import { formatSelect, parseSelect, parseSelectBody, wholeSlab } from './select.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

describe('parseSelect', () => {
  it.each([
    [[10], '[3]', [1]],
    [[10], '[2:8]', [6]],
    [[10], '[0:10:20]', [1]],
    [[10], '[[7,0,0]]', [3]],
    [[10, 12], '[3,:]', [1, 12]],
    [[10, 12], '[3:9:2,4:11:3]', [3, 3]],
    [[10, 12], '[[1,4,9],2:7]', [3, 5]],
    [[10, 12], '[2:7,[1,3]]', [5, 2]],
    [[10, 12], '[[0,5,5],[4,2,11]]', [3]],
    [[8, 9, 10], '[[0,1],:,[4,2]]', [2, 9]],
    [[3, 5, 4, 6], '[:, [0,1], :, [4,2]]', [3, 2, 4]],
    [[], '[0]', [1]],
    [[], '[0:1]', [1]],
    [[], '[:]', [1]],
    [[10, 10], ' [ ::, : : ] ', [10, 10]],
    [[0], '[:]', [0]],
    [[0, 3], '', [0, 3]],
    [[10], '[4:]', [6]],
    [[10], '[:4:3]', [2]],
    [[10], '[4:8:]', [4]],
    [[10], '[4::3]', [2]],
  ])('on %j reads %s as shape %j', (dims, text, shape) => {
    expect(resultShape(parseSelect(text, dims))).toEqual(shape);
  });

  it.each([
    [[10], '[10]'],
    [[10], '[2:18]'],
    [[10], '[5:5]'],
    [[10], '[6:5]'],
    [[10], '[0:4:0]'],
    [[10], '[-1]'],
    [[10], '[+1]'],
    [[10], '[1.0]'],
    [[10], '[1e0]'],
    [[10], '[...]'],
    [[10], '[None]'],
    [[10], '0:4'],
    [[10], '[0:4'],
    [[10], '[0:4]]'],
    [[10], '[[1,2]'],
    [[10], '[1:2:1:1]'],
    [[10], '[1,2]'],
    [[10, 10], '[1]'],
    [[10, 10], '[1,,2]'],
    [[10, 10], '[1,]'],
    [[10, 10], '[,1]'],
    [[10, 10], '[[],1]'],
    [[10, 10], '[[1,],1]'],
    [[10, 10], '[[1,[2]],1]'],
    [[10, 10], '[[1:2],1]'],
    [[10, 10], '[[1,2],[3]]'],
    [[10], '[[1,10]]'],
    [[0], '[0:0]'],
    [[0], '[0]'],
    [[10], '[99999999999999999999]'],
  ])('on %j refuses %s', (dims, text) => {
    expect(() => parseSelect(text, dims)).toThrow(failing('invalid'));
  });

  it('keeps the order and duplicates of a coordinate list', () => {
    expect(parseSelect('[[7,0,0]]', [10])).toEqual([{ coords: [7, 0, 0] }]);
  });

  it('reads back every selection that it formats', () => {
    const dim = fc.record({
      start: fc.nat(20),
      count: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 4 }),
    });
    const property = fc.property(fc.array(dim, { minLength: 1, maxLength: 4 }), (ranges) => {
      const slab = ranges.map((range) => ({
        ...range,
        stride: range.count === 1 ? 1 : range.stride,
      }));
      const dims = slab.map(({ start, count, stride }) => start + (count - 1) * stride + 1);
      expect(parseSelect(formatSelect(slab), dims)).toEqual(slab);
    });
    fc.assert(property);
    const lists = [{ coords: [3, 1] }, { start: 0, count: 2, stride: 1 }, { coords: [0, 0] }];
    expect(parseSelect(formatSelect(lists), [4, 2, 1])).toEqual(lists);
  });
});

describe('parseSelectBody', () => {
  const range = (start: number, count: number, stride = 1) => ({ start, count, stride });

  it.each([
    [{ select: '[2:8, 3]' }, [10, 10], [range(2, 6), range(3, 1)]],
    [{ select: ['2:8', 3] }, [10, 10], [range(2, 6), range(3, 1)]],
    [{ select: [':', '3'] }, [4, 10], [range(0, 4), range(3, 1)]],
    [{ select: [3, 4, 7] }, [10], [{ coords: [3, 4, 7] }]],
    [{ select: ['[3,4,7]'] }, [10], [{ coords: [3, 4, 7] }]],
    [{ select: '[[3,4,7]]' }, [10], [{ coords: [3, 4, 7] }]],
    [{ select: [[1, 4, 9], 2] }, [10, 10], [{ coords: [1, 4, 9] }, range(2, 1)]],
    [{ select: [] }, [10], [range(0, 10)]],
    [{ select: '' }, [10], [range(0, 10)]],
    [{ start: 2, stop: 8, step: 3 }, [10], [range(2, 2, 3)]],
    [{ start: 0, stop: 5 }, [10], [range(0, 5)]],
    [
      { start: [10, 20], stop: [20, 32], step: [2, 3] },
      [45, 54],
      [range(10, 5, 2), range(20, 4, 3)],
    ],
    [{ start: 2 }, [10], [range(0, 10)]],
    [{ select: '[1]', start: 2, stop: 4 }, [10], [range(1, 1)]],
  ])('reads %j', (body, dims, slab) => {
    expect(parseSelectBody(body, dims)).toEqual(slab);
  });

  it.each([
    [{ select: 4 }, [10]],
    [{ select: [1, 2] }, [10, 10, 10]],
    [{ select: [1.5] }, [10]],
    [{ select: [[1, 'a']] }, [10]],
    [{ start: [1, 2], stop: [3] }, [10, 10]],
    [{ start: 1, stop: 3 }, [10, 10]],
    [{ start: -1, stop: 3 }, [10]],
    [{ start: 'a', stop: 3 }, [10]],
    [{ start: 0, stop: 3, step: 0 }, [10]],
  ])('refuses %j', (body, dims) => {
    expect(() => parseSelectBody(body, dims)).toThrow(failing('invalid'));
  });
});

it('selects all of a dataspace', () => {
  expect(slabCount(wholeSlab([3, 4]))).toBe(12);
  expect(wholeSlab([])).toEqual([{ start: 0, count: 1, stride: 1 }]);
});
