import { HdfError } from '#hdf5';

/** What an `Authorization` header says. */
export type Authorization =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string };

const HEADER = /^([^\s]+)\s+([^\s].*)$/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** Three base64url parts of which the first is a JSON object. */
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;

/** True for text in the form of a JSON web token; h5pyd sends other things as `api_key` too. */
export function isJwt(text: string): boolean {
  return JWT.test(text);
}

/**
 * Schemes in any case; user and password are split at the first colon.
 *
 * @throws HdfError `invalid` for a malformed header or another scheme
 */
export function parseAuthorization(header: string): Authorization {
  const match = HEADER.exec(header.trim());
  const [scheme, value] = [match?.[1]?.toLowerCase(), match?.[2]];
  if (scheme === undefined || value === undefined) {
    throw new HdfError('invalid', 'Invalid Authorization header');
  }
  if (scheme === 'bearer') return { scheme: 'bearer', token: value };
  if (scheme === 'basic') return parseBasic(value);
  throw new HdfError('invalid', `Unsupported Authorization header scheme: ${scheme.slice(0, 40)}`);
}

function parseBasic(value: string): Authorization {
  const text = BASE64.test(value) ? utf8(Buffer.from(value, 'base64')) : undefined;
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) {
    throw new HdfError('invalid', 'Malformed authorization header');
  }
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (user === '' || password === '') {
    throw new HdfError('invalid', 'Malformed authorization header, user/password not found');
  }
  return { scheme: 'basic', user, password };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
