import type { OnModuleDestroy } from '@nestjs/common';
import { HdfError } from '#hdf5';
import {
  Authenticator,
  type Config,
  type Credentials,
  type ServerRuntime,
  type User,
} from '#server';
import { isJwt, parseAuthorization } from './authorization.js';
import { BearerTokens, discoveryUrl, type Fetch } from './bearer-tokens.js';
import { OneUser, SaltedPasswords, TablePasswords, type Passwords } from './passwords.js';
import { parseGroupsFile, parsePasswordFile } from './user-files.js';
import { WatchedFile } from './watched-file.js';

/** What the authenticator asks; made by `openAuthenticator`. */
export interface AuthParts {
  readonly passwords: Passwords;
  readonly tokens: BearerTokens;
  /** Groups of a user by the groups file. */
  readonly groupsOf: (user: string) => readonly string[];
  readonly adminUser: string;
  readonly adminGroup: string | null;
  /** Ends file watching. */
  readonly close: () => void;
}

type Runtime = Pick<ServerRuntime, 'config' | 'clock' | 'log'>;

/** Basic credentials and bearer tokens to users. */
export class SnAuthenticator extends Authenticator implements OnModuleDestroy {
  constructor(private readonly parts: AuthParts) {
    super();
  }

  override authenticate(credentials: Credentials): User | undefined | Promise<User> {
    const { authorization, apiKey } = credentials;
    if (authorization === undefined) {
      return apiKey !== undefined && isJwt(apiKey) ? this.bearer(apiKey) : undefined;
    }
    const given = parseAuthorization(authorization);
    if (given.scheme === 'bearer') return this.bearer(given.token);
    const good = this.parts.passwords.verify(given.user, given.password);
    if (typeof good !== 'boolean') return good.then((result) => this.basic(given.user, result));
    return this.basic(given.user, good);
  }

  onModuleDestroy(): void {
    this.parts.close();
  }

  private basic(user: string, good: boolean): User {
    if (!good) throw new HdfError('unauthenticated', 'wrong user or password');
    return this.user(user, []);
  }

  private async bearer(token: string): Promise<User> {
    const { name, groups } = await this.parts.tokens.verify(token);
    return this.user(name, groups);
  }

  private user(name: string, roles: readonly string[]): User {
    const { adminUser, adminGroup, groupsOf } = this.parts;
    const listed = groupsOf(name);
    const groups = roles.length === 0 ? listed : [...listed, ...roles];
    const inGroup = adminGroup !== null && groups.includes(adminGroup);
    return { name, anonymous: false, admin: name === adminUser || inGroup, groups };
  }
}

/**
 * The authenticator that the configuration asks for.
 *
 * @throws HdfError `unsupported` for users in DynamoDB
 */
export function openAuthenticator(runtime: Runtime, fetch: Fetch): SnAuthenticator {
  const { config, clock, log } = runtime;
  if (config.aws_dynamodb_gateway !== null && config.aws_dynamodb_users_table !== null) {
    throw new HdfError(
      'unsupported',
      'aws_dynamodb_users_table: users in DynamoDB are not supported; use a password file',
    );
  }
  const groups = new WatchedFile({
    path: config.groups_file,
    parse: parseGroupsFile,
    empty: new Map<string, readonly string[]>(),
    clock,
    log,
  });
  const { passwords, close } = openPasswords(runtime);
  return new SnAuthenticator({
    passwords,
    tokens: new BearerTokens(openIdSettings(config), clock, fetch),
    groupsOf: (user) => groups.value.get(user) ?? [],
    adminUser: config.admin_user,
    adminGroup: config.admin_group,
    close: () => {
      groups.close();
      close();
    },
  });
}

function openPasswords({ config, clock, log }: Runtime) {
  const { hs_username: user, hs_password: password } = config;
  const file = new WatchedFile({
    path: config.password_salt === null ? config.password_file : '',
    parse: parsePasswordFile,
    empty: parsePasswordFile('').table,
    clock,
    log,
  });
  const stored: Passwords =
    config.password_salt === null
      ? new TablePasswords(() => file.value, clock, config.auth_expiration)
      : new SaltedPasswords(config.password_salt);
  if (config.password_salt === null && file.value.size === 0 && user === null) {
    log.warn('no users are known: every login with a password will fail');
  }
  const passwords =
    user === null || password === null ? stored : new OneUser(user, password, stored);
  return {
    passwords,
    close: () => {
      file.close();
    },
  };
}

function openIdSettings(config: Config) {
  return {
    discoveryUrl: discoveryUrl(config.openid_provider, config.openid_url),
    audience: config.openid_audience ?? config.azure_resource_id ?? undefined,
    claims: config.openid_claims,
    expirationS: config.auth_expiration,
  };
}
