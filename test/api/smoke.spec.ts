import { describeApi } from '../kit/api.js';

describeApi('smoke', (api) => {
  it('starts', async () => {
    const file = await api.file();
    const d = await file.filled('H5T_STD_I32LE', [3], [1, 2, 3]);
    expect(await file.value(d)).toEqual([1, 2, 3]);
    const r = await file.get('/');
    console.log(r.text, r.headers);
  });
});
