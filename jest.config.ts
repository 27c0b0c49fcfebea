import type { Config } from 'jest';

/** ES modules among our dependencies, which Jest is to turn into CommonJS as it does our own files. */
const ESM = [
  '@nestjs',
  '@tokenizer',
  'file-type',
  'load-esm',
  'strtok3',
  'token-types',
  'uint8array-extras',
  'uuid',
].join('|');

const shared: Config = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM})/)`],
  moduleNameMapper: {
    '^@estoque/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFiles: ['reflect-metadata'],
};

const project = (displayName: string, testMatch: string[], more: Config = {}): Config => ({
  ...shared,
  ...more,
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
});

const config: Config = {
  testTimeout: 60_000,
  // For two processors, of which Jest would use one: much of what takes long waits for processes.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/longest-first.mjs',
  projects: [
    project('unit', ['{apps,libs}/**/*.spec.ts']),
    project('integration', ['{apps,libs}/**/*.int-spec.ts', 'test/properties/*.spec.ts']),
    project('architecture', ['test/architecture/*.spec.ts']),
    project('deploy', ['test/deploy/*.spec.ts']),
    project('tools', ['tools/**/*.spec.ts']),
    project('launcher', ['test/launcher/*.spec.ts']),
    project('journeys', ['test/journeys/*.spec.ts']),
    project('faults', ['test/faults/*.spec.ts']),
    project('bench', ['bench/**/*.spec.ts']),
  ],
};

export default config;
