import { describeApi, itHere } from '../kit/api.js';
import { expectStatus } from '../kit/file.js';
import type { Plain } from '../kit/plain-json.js';

type Operation = {
  summary: string;
  operationId: string;
  parameters: { name: string; in: string; description: string; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: object }>;
};
type Paths = Record<string, Record<string, Operation>>;

describeApi('the OpenAPI document', (api) => {
  const read = async () =>
    expectStatus(await api.request('GET', '/openapi.json', { user: null }), 200);
  const paths = async () => (await read()).at('paths') as unknown as Paths;

  itHere('is 3.1 and needs no credentials', async () => {
    const reply = await read();
    expect(reply.at('openapi')).toBe('3.1.0');
    expect(reply.textAt('info', 'title')).toBe('HDF REST API');
  });

  itHere('[1/2.1] has exactly the routes that the server answers', async () => {
    const all = await paths();
    const id = 'g-314d61b8-9954-11e6-a733-3c15c2da029e';
    for (const [path, operations] of Object.entries(all)) {
      const target = path.replace('{id}', id).replace(/\{\w+\}/g, 'x');
      const noted = Object.keys(operations).map((method) => method.toUpperCase());
      const refused = await api.request('OPTIONS', target, { user: null });
      expect([path, refused.status]).toEqual([path, 403]);
      const wrong = (['PUT', 'DELETE', 'POST', 'HEAD', 'GET'] as const).find(
        (method) => !noted.includes(method),
      );
      if (wrong === undefined) continue;
      const reply = await api.request(wrong, target);
      expect([path, wrong, reply.status]).toEqual([path, wrong, 405]);
      expect(reply.headers.allow).toBe([...noted, 'OPTIONS'].sort().join(','));
    }
  });

  itHere('[1/2.1] names every route of the reference', async () => {
    const all = await paths();
    const found = Object.entries(all).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(found).toEqual(expect.arrayContaining(reference()));
    const extra = found.filter((route) => !reference().includes(route));
    expect(extra.sort()).toEqual([
      'GET /health',
      'GET /health/live',
      'GET /health/ready',
      'GET /health/startup',
      'GET /metrics',
      'GET /openapi.json',
    ]);
  });

  itHere('says of every operation what it is, takes and gives', async () => {
    const ids = new Set<string>();
    for (const [path, operations] of Object.entries(await paths())) {
      for (const [method, operation] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect([name, operation.summary.length > 5]).toEqual([name, true]);
        expect([name, ids.has(operation.operationId)]).toEqual([name, false]);
        ids.add(operation.operationId);
        const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
        expect(inPath.map((parameter) => parameter.name)).toEqual(named);
        expect(operation.parameters.every(({ description }) => description !== '')).toBe(true);
        const statuses = Object.keys(operation.responses);
        expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
        const body = operation.requestBody;
        if (body) expect([name, Object.keys(body.content).length > 0]).toEqual([name, true]);
      }
    }
  });

  itHere('refers only to schemas that it has', async () => {
    const reply = await read();
    const schemas = reply.keysAt('components', 'schemas');
    const used = references(reply.json ?? null);
    expect(used.filter((name) => !schemas.includes(name))).toEqual([]);
    expect(schemas.filter((name) => !used.includes(name))).toEqual([]);
  });
});

/** Names of the components that a document refers to. */
function references(value: Plain | undefined): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string'
      ? [member.replace('#/components/schemas/', '')]
      : references(member),
  );
}

/** Part 1, 2.1. */
function reference(): string[] {
  const routes: [string, string][] = [
    ['/', 'GET PUT POST DELETE'],
    ['/domains', 'GET'],
    ['/acls', 'GET'],
    ['/acls/{user}', 'GET PUT'],
    ['/about', 'GET HEAD'],
    ['/info', 'GET HEAD'],
    ['/groups/{id}/links', 'GET POST PUT DELETE'],
    ['/groups/{id}/links/{title}', 'GET PUT DELETE'],
    ['/datasets/{id}/shape', 'GET PUT'],
    ['/datasets/{id}/type', 'GET'],
    ['/datasets/{id}/value', 'GET PUT POST'],
    ...['groups', 'datasets', 'datatypes'].flatMap((collection): [string, string][] => [
      [`/${collection}`, 'GET POST'],
      [`/${collection}/`, 'GET'],
      [`/${collection}/{id}`, 'GET DELETE'],
      [`/${collection}/{id}/attributes`, 'GET POST PUT DELETE'],
      [`/${collection}/{id}/attributes/{name}`, 'GET PUT DELETE'],
      [`/${collection}/{id}/attributes/{name}/value`, 'GET PUT'],
    ]),
  ];
  return routes.flatMap(([path, methods]) =>
    methods.split(' ').map((method) => `${method} ${path}`),
  );
}
