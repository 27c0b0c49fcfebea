import type { Config } from 'jest';

/** Dependencies that are ES modules: Jest must transform them to CommonJS, like the project's own files. */
const ES_MODULES = [
  '@nestjs',
  '@tokenizer',
  'change-case',
  'file-type',
  'index-to-position',
  'jose',
  'load-esm',
  'oidc-provider',
  'openapi-typescript',
  'parse-json',
  'strtok3',
  'supports-color',
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
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  moduleNameMapper: {
    '^@estoque/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFiles: ['reflect-metadata'],
};

const project = (displayName: string, testMatch: string[]): Config => ({
  ...shared,
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
});

const config: Config = {
  testTimeout: 60_000,
  // With two processors Jest would use one worker. The slowest specs mostly wait for processes, so three are faster.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/longest-first.mjs',
  // A worker of 600 MB that has no open handle can need more than Jest's 500 ms to end on a busy machine. Jest would kill
  // it, and report that a test leaks. A worker that does leak is still reported.
  workerGracefulExitTimeout: 10_000,
  projects: [
    project('unit', ['{apps,libs}/**/*.spec.ts']),
    project('integration', ['{apps,libs}/**/*.int-spec.ts', 'test/properties/*.spec.ts']),
    project('architecture', ['test/architecture/*.spec.ts']),
    project('deploy', ['test/deploy/*.spec.ts']),
    project('tools', ['tools/**/*.spec.ts']),
    project('launcher', ['test/launcher/*.spec.ts']),
    project('journeys', ['test/journeys/*.spec.ts']),
    project('faults', ['test/faults/*.spec.ts']),
    project('fuzz', ['test/fuzz/*.spec.ts']),
    project('bench', ['bench/**/*.spec.ts']),
  ],
};

export default config;
