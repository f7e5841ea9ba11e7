import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Rooms from the lowest to the highest; an import may only point to a lower one. */
const mayImport = {
  'libs/hdf5': [],
  'libs/storage': ['#hdf5'],
  'libs/cluster': ['#hdf5', '#storage'],
  'libs/dn-client': ['#hdf5', '#storage', '#cluster'],
  'libs/server': ['#hdf5', '#storage', '#cluster', '#dn-client'],
  'apps/sn': ['#hdf5', '#storage', '#cluster', '#dn-client', '#server'],
  'apps/dn': ['#hdf5', '#storage', '#cluster', '#dn-client', '#server'],
};
const allRooms = [
  '#hdf5',
  '#storage',
  '#cluster',
  '#dn-client',
  '#server',
  '#sn',
  '#dn',
  '#storage/testing',
];

/** Rooms without Nest outside their module and service files. */
const nestFree = ['libs/hdf5', 'libs/storage', 'libs/cluster', 'libs/dn-client'];

function layerRule(room, allowed) {
  const forbidden = allRooms.filter((name) => !allowed.includes(name));
  const patterns = [
    { group: ['**/libs/**', '**/apps/**'], message: 'Import another room by its #name.' },
    { group: forbidden, message: `${room} may import only ${allowed.join(', ') || 'nothing'}.` },
  ];
  const rules = [{ files: [`${room}/**/*.ts`], ignores: ['**/*.spec.ts'], patterns }];
  if (nestFree.includes(room)) {
    const nest = { group: ['@nestjs/*'], message: 'Nest stays in *.module.ts and *.service.ts.' };
    rules.push({
      files: [`${room}/**/*.ts`],
      ignores: ['**/*.module.ts', '**/*.service.ts', '**/*.indicator.ts', '**/*.spec.ts'],
      patterns: [...patterns, nest],
    });
  }
  return rules.map(({ patterns: list, ...where }) => ({
    ...where,
    rules: { 'no-restricted-imports': ['error', { patterns: list }] },
  }));
}

/** Clocks and random sources come in as arguments; only these files may touch the real ones. */
const runtimeFiles = [
  'libs/storage/src/runtime/*.ts',
  'libs/server/src/config/environment.ts',
  'scripts/**',
  'test/**',
  '**/*.spec.ts',
];

export default tseslint.config(
  { ignores: ['tmp/**', '**/.venv*/**', '.tools/**', '**/node_modules/**'] },
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.tools/**',
      'coverage/**',
      'data/**',
      'jest.config.js',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.eslint.json' } },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 50 }],
      'max-depth': ['error', 3],
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      'max-params': ['error', 4],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-extraneous-class': 'off',
      // Overflows the stack on recursive types (JsonOut), and refuses Nest's option classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
    },
  },
  {
    files: ['libs/**/*.ts', 'apps/**/*.ts'],
    ignores: runtimeFiles,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
        { object: 'performance', property: 'now', message: 'Take a Clock.' },
        { object: 'Math', property: 'random', message: 'Take a Random.' },
        { object: 'process', property: 'env', message: 'Only config reads the environment.' },
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval'],
    },
  },
  ...Object.entries(mayImport).flatMap(([room, allowed]) => layerRule(room, allowed)),
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Flags that callbacks set look constant to the compiler, and test data is ASCII.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-undef': 'off' },
  },
);
