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

// A single project: the specs of several would not share their caches of transformed and resolved modules.
const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{apps,libs}/**/*.{spec,int-spec}.ts', '<rootDir>/{bench,test,tools}/**/*.spec.ts'],
  // Not node_modules and .local, which Jest would search for modules.
  roots: ['apps', 'bench', 'libs', 'test', 'tools'].map((folder) => `<rootDir>/${folder}`),
  transform: {
    '^.+\\.[jt]s$': [
      '<rootDir>/test/lazy-imports.mjs',
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
  // Ends a test that hangs. On a busy machine, the apps of a system need up to a minute to start.
  testTimeout: 120_000,
  // With two processors Jest would use one worker. A spec often waits for the apps that it has started, so two are faster.
  // With three, apps wait for a processor: requests exceed their time limits, and starts take up to a minute.
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/longest-first.mjs',
  // A worker of 600 MB that has no open handle can need more than Jest's 500 ms to end on a busy machine. Jest would kill
  // it, and report that a test leaks. A worker that does leak is still reported.
  workerGracefulExitTimeout: 10_000,
};

export default config;
