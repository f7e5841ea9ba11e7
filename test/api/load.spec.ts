import { describeApi, itHere } from '../kit/api.js';
import { I32 } from '../kit/file.js';

const CLIENTS = 60;
const COLUMNS = 64;

/** `max_task_count: 1` lets 20 requests run at once, `max_request_size` bounds their memory. */
const TIGHT = { max_task_count: 1, max_request_size: 16 * 1024 };

describeApi(
  'many clients at once',
  (api) => {
    itHere('makes them wait, and refuses none', async () => {
      const file = await api.file();
      const id = await file.dataset(I32, [CLIENTS, COLUMNS]);
      const path = `/datasets/${id}/value`;
      const one = async (row: number) => {
        const select = `[${row}:${row + 1},0:${COLUMNS}]`;
        const value = Array.from({ length: COLUMNS }, (_, column) => row * 1000 + column);
        const body = { start: [row, 0], stop: [row + 1, COLUMNS], value };
        const written = await file.request('PUT', path, { body });
        const read = await file.request('GET', path, { query: { select } });
        const point = { points: [[row, 5]] };
        const found = await file.request('POST', path, { body: point });
        const attribute = { type: I32, value: row };
        const named = `/groups/${file.root}/attributes/a${row}`;
        const made = await file.request('PUT', named, { body: attribute });
        expect([written, read, found, made].map(({ status }) => status)).toEqual([
          200, 200, 200, 201,
        ]);
        expect(read.json).toMatchObject({ value: [value] });
        expect(found.json).toMatchObject({ value: [row * 1000 + 5] });
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, row) => one(row)));
    });
  },
  TIGHT,
);
