/** Which paths exist and with which methods: tells 404 from 405, and writes `Allow`. */

/** The path segment that stands for the trailing slash of `/groups/`, which Nest cannot route. */
export const BY_PATH_SEGMENT = '.h5path';

const WITH_SLASH = /^\/(?:groups|datasets|datatypes)\/(?=$|[?#])/;
const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * The request target as the router should see it: absolute form reduced to its path, and the
 * lookups `GET /groups/?h5path=` … led to the route `groups/.h5path`.
 */
export function routedTarget(target: string): string {
  const relative = target.startsWith('/') ? target : target.replace(ABSOLUTE, '');
  const rooted = relative.startsWith('/') ? relative : `/${relative}`;
  return rooted.replace(WITH_SLASH, (path) => path + BY_PATH_SEGMENT);
}

/** Filled while routes are registered, then only read. */
export class RouteTable {
  private readonly routes = new Map<string, { segments: string[]; methods: Set<string> }>();

  /** @param pattern Fastify's: `/groups/:id/links` */
  add(methods: string | readonly string[], pattern: string): void {
    const route = this.routes.get(pattern) ?? { segments: pattern.split('/'), methods: new Set() };
    for (const method of typeof methods === 'string' ? [methods] : methods) {
      route.methods.add(method.toUpperCase());
    }
    this.routes.set(pattern, route);
  }

  /**
   * Methods of the most literal pattern that a path matches (parameters match one non-empty
   * segment), sorted; undefined for an unknown path.
   *
   * @param target as `routedTarget` gives it; a query is cut off
   */
  methodsOf(target: string): string[] | undefined {
    const path = /^[^?#]*/.exec(target)?.[0] ?? '';
    const segments = path.split('/');
    const found = [...this.routes.values()].filter((route) => matches(route.segments, segments));
    const literal = found.filter(({ segments: own }) => !own.some((part) => part.startsWith(':')));
    const exact = literal.length > 0 || segments.includes(BY_PATH_SEGMENT);
    const methods = union((exact ? literal : found).map((route) => route.methods));
    return methods.size === 0 ? undefined : [...methods].sort();
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, i) =>
    part.startsWith(':') ? segments[i] !== '' : part === segments[i],
  );
}

function union(sets: readonly Set<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}
