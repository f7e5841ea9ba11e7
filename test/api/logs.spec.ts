/** What a run of requests leaves in the log: whole JSON records, the client's ids, no secret. */
import { HdfError } from '#hdf5';
import { startServer, type TestServer } from '../kit/embedded-server.js';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
/** All that must never be written down, each in its own place of a request or a setting. */
const SECRETS = {
  wrongPassword: 'seeded-wrong-password',
  bearer: 'seeded.bearer.token',
  keyHeader: 'seeded-key-header',
  keyParam: 'seeded-key-param',
  odd: 'seeded-odd-param',
  s3Key: 'seeded-s3-secret',
  salt: 'seeded-salt',
  content: 'seeded-attribute-content',
};

type LogRecord = Readonly<Record<string, unknown>>;

describe('the log of a server', () => {
  let server: TestServer;
  let lines: string[];
  let answers: string[];
  beforeAll(async () => {
    lines = [];
    const settings = {
      aws_secret_access_key: SECRETS.s3Key,
      openid_url: 'http://127.0.0.1:9/',
      openid_audience: 'hsds',
    };
    server = await startServer(settings, { onLine: (line) => lines.push(line) });
    answers = await requestAll();
  });
  afterAll(() => server.close());

  /** Answers of requests that succeed, are refused and fail, with secrets in every place. */
  async function requestAll(): Promise<string[]> {
    const basic = Buffer.from(`test_user1:${SECRETS.wrongPassword}`).toString('base64');
    const headers = { 'x-request-id': 'job-7', traceparent: PARENT };
    const calls = [
      { headers },
      { headers: { authorization: `Basic ${basic}` } },
      { headers: { authorization: `Bearer ${SECRETS.bearer}` } },
      { headers: { authorization: `Nonsense ${SECRETS.bearer}` } },
      { headers: { 'x-api-key': SECRETS.keyHeader }, user: null },
      { query: { api_key: SECRETS.keyParam }, user: null },
      { domain: '/nosuch.h5', query: { 'api%5Fkey': SECRETS.odd } },
    ];
    const replies = [];
    for (const call of calls) replies.push(await server.request('GET', '/', call));
    const path = `/%zz?api_key=${SECRETS.keyParam}`;
    replies.push(await server.request('GET', path), await server.request('GET', '/nosuch'));
    const body = { shape: 'H5S_SCALAR', type: { class: 'bad' }, value: SECRETS.content };
    replies.push(await server.request('PUT', '/groups/g-x/attributes/a', { body }));
    const read = server.nodes.call.bind(server.nodes);
    for (const kind of ['internal', 'unavailable'] as const) {
      server.nodes.call = () => Promise.reject(new HdfError(kind, `seeded failure ${kind}`));
      replies.push(await server.request('GET', '/', { query: { api_key: SECRETS.keyParam } }));
    }
    server.nodes.call = read;
    return replies.map(({ status, text }) => `${status} ${text}`);
  }

  function records(): LogRecord[] {
    return lines.map((line) => JSON.parse(line) as LogRecord);
  }

  it('saw successes, refusals and failures', () => {
    const statuses = new Set(answers.map((answer) => answer.slice(0, 3)));
    for (const status of ['200', '400', '401', '404', '500', '503']) {
      expect(statuses).toContain(status);
    }
  });

  it('is one JSON object a line, each with the node that wrote it', () => {
    for (const line of lines) expect(line.match(/\n/g)).toHaveLength(1);
    const requests = records().filter(({ msg }) => msg === 'request');
    expect(requests.length).toBeGreaterThanOrEqual(12);
    for (const record of requests) {
      expect(record).toMatchObject({
        ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
        service: 'hsds',
        node_role: 'sn',
        boot: expect.stringMatching(/^[0-9a-z]{9}-[\w-]{8}$/) as unknown,
        epoch: expect.any(Number) as unknown,
        map_fp: expect.any(String) as unknown,
        req_id: expect.any(String) as unknown,
        dur_ms: expect.any(Number) as unknown,
      });
    }
    expect(new Set(requests.map(({ boot }) => boot)).size).toBe(1);
  });

  it('holds no secret and no contents, and neither do answers', () => {
    const users = ['test_user1', 'admin'].map((name) => `${name}:test`);
    const encoded = [SECRETS.wrongPassword, 'test'].map((password) =>
      Buffer.from(`test_user1:${password}`).toString('base64'),
    );
    const written = [...lines, ...answers].join('\n');
    expect(written).toContain('seeded failure');
    for (const secret of [...Object.values(SECRETS), ...users, ...encoded]) {
      expect(written).not.toContain(secret);
    }
  });

  it('names a request as its client does', () => {
    const named = records().filter(({ client_req_id: id }) => id === 'job-7');
    expect(named).toHaveLength(1);
    expect(named[0]).toMatchObject({
      obj_class: 'domain',
      dn_ms: expect.any(Number) as unknown,
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      span_id: '00f067aa0ba902b7',
      status: 200,
    });
  });
});

describe('answers', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({}, { wire: true });
  });
  afterAll(() => server.close());

  it('give the id of the request, the client’s if it has a good one', async () => {
    const own = await server.request('GET', '/', { headers: { 'x-request-id': 'bad id' } });
    expect(own.headers['x-request-id']).toMatch(/^[0-9a-z]{9}-[\w-]{8}$/);
    const named = await server.request('GET', '/', { headers: { 'x-request-id': 'job-7' } });
    expect(named.headers['x-request-id']).toBe('job-7');
  });

  it('say how long they took, and how long a data node did', async () => {
    const { headers } = await server.request('GET', '/');
    const [, total, dn] =
      /^total;dur=([\d.]+), dn;dur=([\d.]+)$/.exec(String(headers['server-timing'])) ?? [];
    expect(Number(dn)).toBeGreaterThan(0);
    expect(Number(total)).toBeGreaterThanOrEqual(Number(dn));
    const refused = await server.request('GET', '/nosuch');
    expect(refused.headers['server-timing']).toMatch(/^total;dur=[\d.]+$/);
  });

  it('never make a repeated client id a repeated write', async () => {
    const headers = { 'x-request-id': 'again', 'x-hsds-rq': 'forged' };
    const made = [];
    for (let i = 0; i < 2; i++) made.push(await server.request('POST', '/groups', { headers }));
    const ids = made.map(({ json }) => (json as { id: string }).id);
    expect(new Set(ids).size).toBe(2);
  });
});
