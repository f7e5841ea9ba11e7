import { describeConfig, loadConfig, type ConfigSources } from './load.js';
import { KEYS } from './keys.js';

function load(sources: Partial<ConfigSources>) {
  return loadConfig({ argv: [], env: {}, ...sources });
}

const file = (name: string, text: string) => ({ name, text });

describe('precedence', () => {
  it('is flag, environment, override, config file, app, table', () => {
    const sources = {
      argv: ['--greeting=flag'],
      env: { GREETING: 'env', ABOUT: 'env' },
      overrideFile: file('override.yml', 'about: override\nadmin_user: override'),
      configFile: file('config.yml', 'admin_user: config\ncors_domain: config'),
      defaults: { cors_domain: 'app', bucket_name: 'app' },
    };
    expect(load(sources).config).toMatchObject({
      greeting: 'flag',
      about: 'env',
      admin_user: 'override',
      cors_domain: 'config',
      bucket_name: 'app',
      server_name: KEYS.server_name.default,
    });
  });

  it('empties what a flag or variable says is empty, but not through the override file', () => {
    const { config } = load({
      argv: ['--password_file='],
      env: { CORS_DOMAIN: '', ADMIN_GROUP: '', SN_PORT: '' },
      overrideFile: file('o', 'greeting: ""\nabout: null'),
      configFile: file('c', 'admin_group: x\nsn_port: null'),
    });
    expect(config).toMatchObject({
      password_file: '',
      cors_domain: '',
      admin_group: null,
      sn_port: 5101,
      greeting: KEYS.greeting.default,
      about: KEYS.about.default,
    });
  });

  it('reads flags in every form', () => {
    const argv =
      '--bucket-name b -p 80 --standalone --count 2 --readonly no word --log_level=debug';
    expect(load({ argv: argv.split(' ') }).config).toMatchObject({
      bucket_name: 'b',
      port: 80,
      standalone: true,
      count: 2,
      readonly: false,
      log_level: 'DEBUG',
    });
  });
});

describe('values', () => {
  it.each([
    ['ALLOW_NOAUTH', 'False', 'allow_noauth', false],
    ['ALLOW_NOAUTH', '0', 'allow_noauth', false],
    ['ALLOW_NOAUTH', 'T', 'allow_noauth', true],
    ['MAX_REQUEST_SIZE', '3k', 'max_request_size', 3072],
    ['MAX_REQUEST_SIZE', '2g', 'max_request_size', 2 ** 31],
    ['MAX_REQUEST_SIZE', '500', 'max_request_size', 500],
    ['TOP_LEVEL_DOMAINS', '/home, /org,', 'top_level_domains', ['/home', '/org']],
    ['AUTH_EXPIRATION', '-1', 'auth_expiration', -1],
    ['S3_AGE_TIME', '0.5', 's3_age_time', 0.5],
    ['API_DIALECT', '1.0', 'api_dialect', '1.0'],
  ] as const)('%s=%s', (name, raw, key, value) => {
    expect(load({ env: { [name]: raw } }).config[key]).toEqual(value);
  });

  it('keeps YAML types, also where HSDS wrote text', () => {
    const text =
      'allow_noauth: false\nmax_chunk_size: 8m\nsn_port: 80\ntop_level_domains: [/a, /b]';
    expect(load({ configFile: file('c', text) }).config).toMatchObject({
      allow_noauth: false,
      max_chunk_size: 8 * 2 ** 20,
      sn_port: 80,
      top_level_domains: ['/a', '/b'],
    });
  });

  it('reports every bad value with source, expectation and find, and no secrets', () => {
    const sources = {
      argv: ['--sn_port=high'],
      env: { ALLOW_NOAUTH: 'maybe', API_DIALECT: '2', MAX_CHUNK_SIZE: '4 mib' },
      configFile: file('config.yml', 'password_salt: [secret]'),
    };
    const failure = expect(() => load(sources));
    failure.toThrow('sn_port (flag): expected a whole number of at least 0, found "high"');
    failure.toThrow('allow_noauth (environment): expected true or false, found "maybe"');
    failure.toThrow('api_dialect (environment): expected one of both, 0.9, 1.0, found "2"');
    failure.toThrow('max_chunk_size (environment): expected bytes');
    failure.toThrow('password_salt (config.yml): expected text, found (hidden)');
    failure.toThrow(expect.objectContaining({ kind: 'invalid' }) as Error);
  });

  it('reports a file that is no map of settings', () => {
    expect(() => load({ configFile: file('config.yml', '- a') })).toThrow('config.yml: expected');
    expect(() => load({ configFile: file('config.yml', 'a: [') })).toThrow('config.yml: ');
  });

  it('warns of unknown names in flags and files, not in the environment', () => {
    const { warnings } = load({
      argv: ['--no_such=1', '--config_dir', '/x'],
      env: { PATH: '/bin' },
      configFile: file('config.yml', 'odd: 1'),
    });
    expect(warnings).toEqual([
      'flag: unknown setting no_such is ignored',
      'config.yml: unknown setting odd is ignored',
    ]);
  });
});

describe('the table', () => {
  it('holds a legal default and an explanation for every setting', () => {
    for (const [name, spec] of Object.entries(KEYS)) {
      expect(name).toMatch(/^[a-z0-9_]+$/);
      expect(spec.about.length).toBeGreaterThan(5);
    }
    expect(load({}).config).toEqual(
      Object.fromEntries(Object.entries(KEYS).map(([name, spec]) => [name, spec.default])),
    );
  });

  it('is frozen, and described without secrets and dead keys', () => {
    const { config } = load({ env: { PASSWORD_SALT: 'pepper', TOP_LEVEL_DOMAINS: '/a' } });
    expect(Object.isFrozen(config) && Object.isFrozen(config.top_level_domains)).toBe(true);
    const shown = describeConfig(config);
    expect(shown.password_salt).toBe('***');
    expect(shown).not.toHaveProperty('head_ram');
  });
});
