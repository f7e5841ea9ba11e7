import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadConfig, Log, type Config, type Credentials } from '#server';
import { systemClock, type Clock } from '#storage';
import { parseAuthorization } from './authorization.js';
import { openAuthenticator } from './sn-authenticator.js';
import { hashPassword, parseStoredPassword } from './stored-password.js';
import { identityOf } from './token-claims.js';
import { parseGroupsFile, parsePasswordFile } from './user-files.js';
import { WatchedFile } from './watched-file.js';

const kind = (name: string) => expect.objectContaining({ kind: name }) as Error;
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const basic = (user: string, password: string): Credentials => ({
  authorization: `Basic ${base64(`${user}:${password}`)}`,
  apiKey: undefined,
});
const quiet = new Log(
  { level: 'ERROR', format: 'json', prefix: '', timestamps: false },
  systemClock,
  () => undefined,
);

describe('parseAuthorization', () => {
  it.each([
    [`Basic ${base64('ann:a:b')}`, { scheme: 'basic', user: 'ann', password: 'a:b' }],
    [`bAsIc  ${base64('änn:pässword')}`, { scheme: 'basic', user: 'änn', password: 'pässword' }],
    ['bearer a.b.c', { scheme: 'bearer', token: 'a.b.c' }],
  ])('%s', (header, parsed) => {
    expect(parseAuthorization(header)).toEqual(parsed);
  });

  it.each([
    '',
    'Basic',
    'Bearer ',
    'Digest x',
    'Basic !!!',
    `Basic ${base64('nocolon')}`,
    `Basic ${base64(':pw')}`,
    `Basic ${base64('user:')}`,
    'Basic /////w==',
  ])('refuses %j', (header) => {
    expect(() => parseAuthorization(header)).toThrow(kind('invalid'));
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.constantFrom('Basic ', 'Bearer ', ''), fc.string(), (scheme, rest) => {
        try {
          parseAuthorization(scheme + rest);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'invalid' });
        }
      }),
    );
  });
});

describe('files', () => {
  it('reads users: first line wins, further fields and short ones are ignored', () => {
    const text =
      '# c\n\n  ann:one\r\nann:two\nbob:x y:rest\nno\nab:long\nlong:ab\nhash:scrypt$3$\n';
    const { table, warnings } = parsePasswordFile(text);
    expect([...table.keys()]).toEqual(['ann', 'bob']);
    expect(table.get('ann')).toEqual(parseStoredPassword('one'));
    expect(table.get('bob')).toEqual(parseStoredPassword('x y'));
    expect(warnings.map((warning) => warning.slice(0, 6))).toEqual([
      'line 6',
      'line 7',
      'line 8',
      'line 9',
    ]);
  });

  it('reads groups: a repeated group adds members', () => {
    const { table } = parseGroupsFile('lab: ann bob x\n#\nlab: cem\nstaff: ann\n: nobody\n');
    expect(Object.fromEntries(table)).toEqual({
      ann: ['lab', 'staff'],
      bob: ['lab'],
      cem: ['lab'],
    });
  });
});

describe('hashed passwords', () => {
  // Vectors of RFC 7914 (scrypt, PBKDF2-HMAC-SHA-256), first 32 bytes.
  const scrypt = Buffer.from(
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162',
    'hex',
  );
  const pbkdf2 = Buffer.from(
    '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc',
    'hex',
  );

  it.each([
    [`scrypt$1024$8$16$${base64('NaCl')}$${scrypt.toString('base64')}`, 'password'],
    [`pbkdf2$sha256$1$${base64('salt')}$${pbkdf2.toString('base64')}`, 'passwd'],
  ])('%s', async (text, password) => {
    const stored = parseStoredPassword(text);
    if (stored.kind !== 'hashed') throw new Error('expected a hash');
    expect(await stored.matches(password)).toBe(true);
    expect(await stored.matches(`${password} `)).toBe(false);
  });

  it.each([
    'scrypt$',
    'scrypt$1000$8$1$c2FsdA==$AAAA',
    'scrypt$1048576$1024$1$c2FsdA==$',
    'pbkdf2$md5$1$$',
    `pbkdf2$sha256$99999999$c2FsdA==$${pbkdf2.toString('base64')}`,
    `scrypt$1048576$64$1$c2FsdA==$${scrypt.toString('base64')}`,
  ])('refuses %s', (text) => {
    expect(() => parseStoredPassword(text)).toThrow(kind('invalid'));
  });
});

describe('openAuthenticator', () => {
  let dir: string;
  const opened: { onModuleDestroy(): void }[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'auth-'));
  });

  afterEach(() => {
    for (const one of opened.splice(0)) one.onModuleDestroy();
    rmSync(dir, { recursive: true });
  });

  function open(settings: Partial<Config>, clock: Clock = systemClock) {
    const defaults = { password_file: '', groups_file: '', ...settings };
    const { config } = loadConfig({ argv: [], env: {}, defaults });
    const authenticator = openAuthenticator({ config, clock, log: quiet }, fetch);
    opened.push(authenticator);
    return authenticator;
  }

  function write(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  }

  it('knows users and groups of the files, and the admins', () => {
    const authenticator = open({
      password_file: write('passwd.txt', 'ann:secret\nadmin:admin\nroot:toor'),
      groups_file: write('groups.txt', 'lab: ann\nwheel: root'),
      admin_group: 'wheel',
    });
    expect(authenticator.authenticate(basic('ann', 'secret'))).toEqual({
      name: 'ann',
      anonymous: false,
      admin: false,
      groups: ['lab'],
    });
    expect(authenticator.authenticate(basic('admin', 'admin'))).toMatchObject({ admin: true });
    expect(authenticator.authenticate(basic('root', 'toor'))).toMatchObject({ admin: true });
    const refused = kind('unauthenticated');
    expect(() => authenticator.authenticate(basic('ann', 'Secret'))).toThrow(refused);
    expect(() => authenticator.authenticate(basic('eve', 'secret'))).toThrow(refused);
    const none = { authorization: undefined, apiKey: '<bound method of object>' };
    expect(authenticator.authenticate(none)).toBeUndefined();
  });

  it('checks hashed passwords once, and again when the file has changed', async () => {
    const hash = await hashPassword('secret', Buffer.alloc(16, 7));
    const path = write('passwd.txt', `ann:${hash}`);
    const timers: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (_delay, call) => {
        timers.push(call);
        return () => undefined;
      },
    };
    const authenticator = open({ password_file: path }, clock);
    const login = () =>
      Promise.resolve().then(() => authenticator.authenticate(basic('ann', 'secret')));
    await expect(login()).resolves.toMatchObject({ name: 'ann' });
    await expect(login()).resolves.toMatchObject({ name: 'ann' });
    const wrong = Promise.resolve(authenticator.authenticate(basic('ann', 'other')));
    await expect(wrong).rejects.toThrow(kind('unauthenticated'));
    writeFileSync(path, `ann:${await hashPassword('changed', Buffer.alloc(16, 8))}`);
    for (const timer of timers.splice(0)) timer();
    await expect(login()).rejects.toThrow(kind('unauthenticated'));
  });

  it('derives passwords from a salt, as HSDS does', () => {
    const authenticator = open({ password_salt: 'abc' });
    const user = basic('test_user1', '1acbf60464bf8b699b7d11a083f92039');
    expect(authenticator.authenticate(user)).toMatchObject({ name: 'test_user1' });
    expect(() => authenticator.authenticate(basic('ann', 'secret'))).toThrow();
  });

  it('adds the user of the command line', () => {
    const password_file = write('passwd.txt', 'ann:secret');
    const authenticator = open({ password_file, hs_username: 'me', hs_password: 'x' });
    expect(authenticator.authenticate(basic('me', 'x'))).toMatchObject({ name: 'me' });
    expect(authenticator.authenticate(basic('ann', 'secret'))).toMatchObject({ name: 'ann' });
  });

  it('refuses to start with users in DynamoDB', () => {
    const settings = { aws_dynamodb_gateway: 'http://x', aws_dynamodb_users_table: 't' };
    expect(() => open(settings)).toThrow(kind('unsupported'));
  });

  it('follows a file that is a swapped link, and keeps the last value when it is gone', () => {
    const [first, second, link] = [write('a', 'ann:one'), write('b', 'bob:two'), join(dir, 'link')];
    symlinkSync(first, link);
    const log = quiet;
    const empty = parsePasswordFile('').table;
    const clock = { ...systemClock, after: () => () => undefined };
    const file = new WatchedFile({ path: link, parse: parsePasswordFile, empty, clock, log });
    opened.push({
      onModuleDestroy: () => {
        file.close();
      },
    });
    expect([...file.value.keys()]).toEqual(['ann']);
    symlinkSync(second, `${link}.new`);
    renameSync(`${link}.new`, link);
    file.check();
    expect([...file.value.keys()]).toEqual(['bob']);
    rmSync(link);
    file.check();
    expect([...file.value.keys()]).toEqual(['bob']);
  });
});

describe('identityOf', () => {
  const claims = ['appid', 'email', 'unique_name', 'preferred_username', 'roles'];

  it.each([
    [{ preferred_username: 'p', unique_name: 'u' }, 'u'],
    [{ preferred_username: 'p', appid: 'a' }, 'p'],
    [{ email: 'e@x', preferred_username: 'p' }, 'e@x'],
    [{ email: 'e@x', email_verified: false, preferred_username: 'p' }, 'p'],
    [{ email: 'g:lab', preferred_username: 'p' }, 'p'],
  ])('%j', (payload, name) => {
    expect(identityOf(payload, claims)).toEqual({ name, groups: [] });
  });

  it('takes roles for groups and needs a name', () => {
    const payload = { unique_name: 'u', roles: ['a', 1, 'b'] };
    expect(identityOf(payload, claims)).toEqual({ name: 'u', groups: ['a', 'b'] });
    for (const bad of [{}, { unique_name: 'default' }, { unique_name: 5 }, { appid: 'a' }]) {
      expect(() => identityOf(bad, claims)).toThrow(kind('unauthenticated'));
    }
  });
});
