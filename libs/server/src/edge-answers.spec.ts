import { Controller, Get, Query } from '@nestjs/common';
import { startTestEdge, type TestEdge } from './testing/test-edge.js';
import { TestController } from './testing/test.controller.js';

let edge: TestEdge;

beforeAll(async () => {
  edge = await startTestEdge([TestController]);
});

afterAll(() => edge.app.close());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(edge.url + path, init);
  const { status, statusText, headers } = response;
  return { status, statusText, headers, text: await response.text() };
}

describe('answers', () => {
  it('writes exact JSON with the standard headers', async () => {
    const { text, headers } = await ask('/numbers');
    expect(text).toBe('{"big": 9223372036854775808, "nan": NaN, "one": 1.0, "text": "\\u00e9"}');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('content-length')).toBe(String(text.length));
    expect(headers.get('server')).toBe('Highly Scalable Data Service (HSDS)');
    expect(headers.get('x-xss-protection')).toBe('1; mode=block');
  });

  it('sends bytes as octet-stream', async () => {
    const { headers, text } = await ask('/bytes');
    expect([headers.get('content-type'), text]).toEqual([
      'application/octet-stream',
      '\x01\x02\x03',
    ]);
  });

  it('puts an error into reason phrase and body, on one line', async () => {
    const { status, statusText, text, headers } = await ask('/fail', { headers: { origin: 'o' } });
    expect([status, statusText, text]).toEqual([503, 'data node X: ?', '503: data node X: 数']);
    expect(headers.get('retry-after')).toBe('3');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('x-xss-protection')).toBe('1; mode=block');
    expect(headers.get('access-control-allow-origin')).toBe('o');
  });

  it('keeps the inside of a bug to the log', async () => {
    const { status, text } = await ask('/fail?bug&api_key=abc');
    expect([status, text]).toEqual([500, '500: Internal Server Error']);
    const lines = edge.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.some((line) => String(line.error).includes('secret detail'))).toBe(true);
    const request = lines.find((line) => String(line.target).startsWith('/fail?bug'));
    expect(request).toMatchObject({ status: 500, route: '/fail', method: 'GET' });
    expect(String(request?.target)).toContain('api_key=***');
  });
});

describe('cross-origin requests', () => {
  const preflight = (path: string, headers: Record<string, string>) =>
    ask(path, { method: 'OPTIONS', headers });

  it('answers a preflight on any path that exists', async () => {
    const { status, text, headers } = await preflight('/about', {
      origin: '*',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'content-type, authorization',
    });
    expect([status, text]).toEqual([200, '']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-methods')).toBe('GET');
    expect(headers.get('access-control-allow-headers')).toBe('CONTENT-TYPE,AUTHORIZATION');
  });

  it('refuses what is no preflight, and unknown paths', async () => {
    expect((await preflight('/about', {})).status).toBe(403);
    const method = { origin: 'o', 'access-control-request-method': 'TRACE' };
    expect((await preflight('/about', method)).text).toContain("request method 'TRACE'");
    expect((await preflight('/nothing', method)).status).toBe(404);
  });
});

describe('service routes', () => {
  it('gives the keys that clients read', async () => {
    const about = JSON.parse((await ask('/about')).text) as Record<string, unknown>;
    expect(about).toMatchObject({
      hsds_version: '0.9.4',
      dn_ids: ['dn-001'],
      username: 'anonymous',
      isadmin: false,
      node_count: 1,
    });
    const { text } = await ask('/info', { headers: { authorization: 'wrong' } });
    const info = JSON.parse(text) as { node: object };
    expect(info).toMatchObject({
      node: { id: 'sn-001', type: 'sn', state: 'READY' },
      meta_cache_stats: { utililization_per: 50 },
      chunk_cache_stats: {},
    });
    expect(info.node).not.toHaveProperty('node_number');
    expect((await ask('/about', { headers: { authorization: 'wrong' } })).status).toBe(401);
  });

  it('stays informative while the node refuses requests', async () => {
    edge.node.current = 'TERMINATING';
    const statuses = [];
    for (const path of ['/', '/about', '/info', '/metrics', '/health', '/health/ready']) {
      statuses.push((await ask(path)).status);
    }
    edge.node.current = 'READY';
    expect(statuses).toEqual([503, 200, 200, 200, 200, 503]);
  });

  it('reports the cluster and counts requests', async () => {
    expect(JSON.parse((await ask('/health')).text)).toMatchObject({
      status: 'ok',
      details: { cluster: { status: 'up', epoch: 7 } },
    });
    const { text, headers } = await ask('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/hsds_http_requests_total\{method="GET",status="500"\} [1-9]/);
    expect(text).toContain('hsds_node_ready 1');
    expect(text).toContain('hsds_cache_items{cache="meta"} 3');
    expect(edge.runtime.load.active).toBeLessThanOrEqual(1);
  });
});

describe('start', () => {
  @Controller('open')
  class OpenController {
    @Get()
    open(@Query() query: unknown): unknown {
      return query;
    }
  }

  it('fails on a route that states no access', async () => {
    await expect(startTestEdge([OpenController])).rejects.toThrow('OpenController.open');
  });
});
