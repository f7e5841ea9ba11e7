/** An OpenAPI 3.1 document from routes and notes. */
import { HdfError, type JsonOut } from '#hdf5';
import type { AccessRule } from '../request-context.js';
import type { ApiNotes, ParameterNote, RouteNote, Schema } from './notes.js';
import type { ApiRoute } from './routes.js';

type Members = Record<string, JsonOut | undefined>;

const BYTES = 'application/octet-stream';
const JSON_TYPE = 'application/json';
const BINARY: Schema = { type: 'string', format: 'binary' };

/** What every failure of a kind means; its body is always one line of text. */
const FAILURES: Readonly<Record<number, string>> = {
  400: 'The request is malformed: an id, a parameter, the body, the domain, or a membership',
  401: 'Credentials are missing or wrong',
  403: 'The ACL or the bucket policy does not grant this',
  404: 'The domain or the object does not exist',
  410: 'The domain or the object was deleted',
  413: 'The body, or what is asked for, is too large',
  503: 'Not now: try again after `Retry-After` seconds',
};

/**
 * The document of an API.
 *
 * @throws HdfError `internal` for a route without a note, or a note without a route
 */
export function openApiDocument(routes: readonly ApiRoute[], notes: ApiNotes): JsonOut {
  checkComplete(routes, notes);
  const paths: Record<string, Members> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(route, notes);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: notes.title,
      version: notes.version,
      description: notes.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: notes.schemas,
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

/** The key of a route among the notes. */
export function routeName({ method, path }: Pick<ApiRoute, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${path}`;
}

function checkComplete(routes: readonly ApiRoute[], notes: ApiNotes): void {
  const names = routes.map(routeName);
  const unnoted = names.filter((name) => notes.routes[name] === undefined);
  const unrouted = Object.keys(notes.routes).filter((name) => !names.includes(name));
  if (unnoted.length + unrouted.length === 0) return;
  throw new HdfError(
    'internal',
    `OpenAPI: routes without a note: ${unnoted.join(', ')}; notes without: ${unrouted.join(', ')}`,
  );
}

function operation(route: ApiRoute, notes: ApiNotes): Members {
  const note = noteOf(route, notes);
  return {
    summary: note.summary,
    operationId: operationId(route),
    tags: [route.path.split('/')[1] === '' ? 'domains' : (route.path.split('/')[1] ?? '')],
    parameters: [...pathParameters(route, notes), ...queryParameters(route, note, notes)],
    requestBody: requestBody(route.rule, note),
    responses: responses(route, note),
    security: security(route.rule),
  };
}

function noteOf(route: ApiRoute, notes: ApiNotes): RouteNote {
  return notes.routes[routeName(route)] ?? { summary: '' };
}

/** `getGroupsIdLinks`; unique, since a trailing slash is told. */
function operationId({ method, path }: ApiRoute): string {
  const words = path.split('/').filter((word) => word !== '');
  const ends = path.length > 1 && path.endsWith('/') ? ['byPath'] : [];
  const named = [...words, ...ends].map((word) => {
    const bare = word.replace(/[{}]/g, '').replace(/\W+/g, '_');
    return bare.slice(0, 1).toUpperCase() + bare.slice(1);
  });
  return method + (named.join('') || 'Domain');
}

function pathParameters({ path }: ApiRoute, notes: ApiNotes): Members[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...known(notes.pathParameters[name], `path parameter ${name}`),
  }));
}

function queryParameters({ rule }: ApiRoute, note: RouteNote, notes: ApiNotes): Members[] {
  const naming = rule.domain === 'none' ? [] : ['domain', 'bucket'];
  return [...naming, ...(note.query ?? [])].map((name) => ({
    name,
    in: 'query',
    ...known(notes.parameters[name], `parameter ${name}`),
  }));
}

function known(note: ParameterNote | undefined, what: string): Members {
  if (note === undefined) throw new HdfError('internal', `OpenAPI: nothing is noted on ${what}`);
  return { description: note.description, schema: note.schema };
}

function requestBody(rule: AccessRule, note: RouteNote): Members | undefined {
  if (rule.body === 'none') return undefined;
  const json = note.body === undefined ? {} : { [JSON_TYPE]: { schema: note.body } };
  const bytes =
    note.bytesIn === undefined
      ? {}
      : { [BYTES]: { schema: { ...BINARY, description: note.bytesIn } } };
  return { required: rule.body !== 'json-optional', content: { ...json, ...bytes } };
}

function responses(route: ApiRoute, note: RouteNote): Members {
  const successes = note.statuses ?? { [route.status]: 'Done' };
  const failures = [...failureStatuses(route), ...Object.keys(note.failures ?? {}).map(Number)];
  const members: Members = {};
  for (const [status, description] of Object.entries(successes)) {
    members[status] = { description, content: answerContent(Number(status), route, note) };
  }
  for (const status of [...new Set(failures)].sort((a, b) => a - b)) {
    members[String(status)] = {
      description: note.failures?.[status] ?? FAILURES[status] ?? 'Failed',
      content: { 'text/plain': { schema: { $ref: '#/components/schemas/Failure' } } },
    };
  }
  return members;
}

function answerContent(status: number, { method }: ApiRoute, note: RouteNote) {
  if (status === 204 || method === 'head') return undefined;
  if (note.answerType !== undefined) return { [note.answerType]: { schema: { type: 'string' } } };
  const json = { [JSON_TYPE]: { schema: note.answer ?? { type: 'object', maxProperties: 0 } } };
  if (note.bytesOut === undefined) return json;
  return { ...json, [BYTES]: { schema: { ...BINARY, description: note.bytesOut } } };
}

/** Failures that follow from what the access guard checks for a rule. */
function failureStatuses({ rule }: ApiRoute): number[] {
  const checksDomain = ['file', 'any', 'optional-any'].includes(rule.domain);
  return [
    ...(rule.domain === 'none' && rule.credentials === 'ignored' ? [] : [400]),
    ...(rule.credentials === 'ignored' ? [] : [401]),
    ...(rule.domain === 'none' ? [] : [403]),
    ...(checksDomain || rule.object !== undefined ? [404, 410] : []),
    ...(rule.body === 'none' ? [] : [413]),
    ...(rule.always === true ? [] : [503]),
  ];
}

function security(rule: AccessRule): Members[] {
  if (rule.credentials === 'ignored') return [];
  const schemes = [{ basic: [] }, { bearer: [] }, { apiKey: [] }];
  return rule.credentials === 'required' ? schemes : [{}, ...schemes];
}
