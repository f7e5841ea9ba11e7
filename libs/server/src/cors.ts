/** Cross-origin rules: which answer a preflight gets, which headers other answers carry. */

/** A complete answer; `body` is plain text. */
export interface CorsAnswer {
  readonly status: 200 | 403;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Request headers as Node gives them. */
export interface CorsRequest {
  readonly origin: string | undefined;
  readonly method: string | undefined;
  /** Access-Control-Request-Headers */
  readonly headers: string | undefined;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE']);
const FAILED = 'CORS preflight request failed';

function allows(corsDomain: string, origin: string): boolean {
  return corsDomain === '*' || corsDomain === origin;
}

/**
 * Answers an OPTIONS request on a path that exists.
 *
 * @param corsDomain `*` or one origin, not empty
 */
export function preflight(request: CorsRequest, corsDomain: string): CorsAnswer {
  const { origin, method } = request;
  if (origin === undefined) {
    return refused('origin header is not specified in the request');
  }
  if (method === undefined) {
    return refused("'Access-Control-Request-Method' header is not specified");
  }
  if (!allows(corsDomain, origin)) return refused(`origin '${origin}' is not allowed`);
  if (!METHODS.has(method)) {
    return refused(`request method '${method}' is not allowed for '${origin}' origin`);
  }
  const asked = (request.headers ?? '')
    .split(',')
    .map((name) => name.trim().toUpperCase())
    .filter((name) => name !== '');
  return {
    status: 200,
    body: '',
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': method,
      ...(asked.length > 0 ? { 'Access-Control-Allow-Headers': asked.join(',') } : {}),
    },
  };
}

function refused(why: string): CorsAnswer {
  return { status: 403, body: `${FAILED}: ${why}`, headers: {} };
}

/**
 * Headers of an answer to an actual request; undefined when it gets none: no or a foreign origin,
 * or CORS is off (`corsDomain` empty).
 *
 * @param exposed names of the answer's headers that are not safe-listed
 */
export function corsHeaders(
  origin: string | undefined,
  corsDomain: string,
  exposed: string,
): Record<string, string> | undefined {
  if (origin === undefined || corsDomain === '' || !allows(corsDomain, origin)) return undefined;
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': exposed,
  };
}
