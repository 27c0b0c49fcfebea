import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OutputBundle, Plugin, RolldownOptions } from 'rolldown';

// Bundles the programs of the apps, from the output of the compiler in dist/ to dist/bundles (docs/adr/0043).

/** Programs other than the apps themselves, by the app whose image contains them. Paths in dist/, without `.js`. */
export const FURTHER_PROGRAMS: Record<string, Record<string, string>> = {
  api: {
    cli: 'apps/api/src/operations/cli',
    'create-development-keys': 'apps/api/src/access/create-development-keys',
    migrate: 'libs/domain/src/database/migrate',
    'write-openapi': 'apps/api/src/http/write-openapi',
  },
  'payment-worker': { 'simulated-gateway': 'apps/payment-worker/src/simulated-gateway/main' },
};

/** Packages that stay files: native code, files that a package reads beside its own code, and what no app uses. */
const EXTERNAL = [
  '@css-inline/css-inline',
  'pino-pretty',
  // Optional packages of the frameworks, which are not installed.
  '@fastify/multipart',
  '@fastify/view',
  '@nats-io/transport-node',
  '@nestjs/platform-express',
  '@nestjs/websockets/socket-module.js',
  'bullmq',
  'class-transformer/storage',
  'ioredis',
  'kafkajs',
  'mqtt',
  'pg-native',
];

const dist = join(process.cwd(), 'dist');
const output = join(dist, 'bundles');

/** @returns the programs of each app: its own and the further ones */
const programsOfApps = () =>
  new Map(
    readdirSync(join(dist, 'apps'))
      .filter((app) => existsSync(join(dist, 'apps', app, 'src', 'main.js')))
      .map((app) => [app, { [app]: `apps/${app}/src/main`, ...FURTHER_PROGRAMS[app] }]),
  );

/** The source maps of the compiler, so that those of the bundles lead to the TypeScript files. */
const compilerMaps: Plugin = {
  name: 'compiler-maps',
  load: {
    filter: { id: /dist[\\/](?:apps|libs)[\\/].*\.js$/ },
    handler: (id) => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
  },
};

/**
 * Changed calls in packages. The bundler does not see those of `createRequire`: a second copy of these packages would not
 * have our changes of amqplib, nor the metadata of our classes. The last one loads 200 modules, which only show mails in a
 * browser.
 */
const CHANGED_CALLS: [file: string, from: string, to: string][] = [
  [
    '@nestjs/microservices/server/server-rmq.js',
    `createRequire(import.meta.url)('amqplib')`,
    `require('amqplib')`,
  ],
  ['@nestjs/mapped-types/dist/type-helpers.utils.js', 'const require = createRequire(import.meta.url);', ''],
  ['@nestjs-modules/mailer/dist/mailer.service.js', `require('preview-email')`, 'undefined'],
];

const changedCalls: Plugin = {
  name: 'changed-calls',
  transform: {
    filter: { id: CHANGED_CALLS.map(([file]) => new RegExp(`[\\\\/]${file.replaceAll('/', '[\\\\/]')}$`)) },
    handler(code, id) {
      const [, from, to] = CHANGED_CALLS.find(([file]) => id.replaceAll('\\', '/').endsWith(file))!;
      if (!code.includes(from)) throw new Error(`${id} no longer contains: ${from}`);
      return { code: code.replace(from, to), map: null };
    },
  },
};

const READS_FOLDER = /\bjoin\(import\.meta\.dirname, '([\w-]+)'\)/;

/** Copies the folders that our modules read beside themselves, and lists the files of each app for its image. */
function files(apps: ReturnType<typeof programsOfApps>): Plugin {
  const folders = new Map<string, string>();
  return {
    name: 'files',
    transform: {
      filter: { id: /dist[\\/](?:apps|libs)[\\/]/, code: 'import.meta.dirname' },
      handler(code, id) {
        const folder = READS_FOLDER.exec(code)?.[1];
        if (folder === undefined) throw new Error(`${id} may read files only as ${String(READS_FOLDER)}`);
        folders.set(id, folder);
      },
    },
    writeBundle(_options, bundle) {
      for (const [id, folder] of folders)
        cpSync(join(dirname(id), folder), join(output, folder), { recursive: true });
      for (const [app, programs] of apps) {
        const names = new Set(
          Object.keys(programs).flatMap((program) => filesOf(`${program}.js`, bundle, folders)),
        );
        writeFileSync(join(output, `${app}.files`), [...names, ''].join('\n'));
      }
    },
  };
}

/** @returns the file, those that it imports, their source maps, and the folders that they read */
function filesOf(file: string, bundle: OutputBundle, folders: Map<string, string>): string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || found.has(name)) return;
    found.add(name);
    if (!isPackages(chunk) && bundle[`${name}.map`]) found.add(`${name}.map`);
    for (const id of chunk.moduleIds) if (folders.has(id)) found.add(folders.get(id)!);
    [...chunk.imports, ...chunk.dynamicImports].forEach(add);
  };
  add(file);
  return [...found];
}

const isPackages = ({ name }: { name: string }) => name.startsWith('packages');

/** Node.js reads only the source maps of our own code: those of the packages would cost each process 20 MB. */
const ownMapsOnly: Plugin = {
  name: 'own-maps-only',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk' && isPackages(chunk))
        chunk.code = chunk.code.replace(/^\/\/# sourceMappingURL=.*\n?/m, '');
  },
};

export default (): RolldownOptions => {
  const apps = programsOfApps();
  return {
    input: Object.fromEntries(
      [...apps.values()]
        .flatMap((programs) => Object.entries(programs))
        .map(([name, path]) => [name, join(dist, `${path}.js`)]),
    ),
    platform: 'node',
    external: EXTERNAL,
    // The bundles contain what the modules contain: an unused export can have side effects, such as a decorator's.
    treeshake: false,
    plugins: [compilerMaps, changedCalls, files(apps), ownMapsOnly],
    onLog(level, { message }) {
      if (level === 'warn') throw new Error(message);
    },
    output: {
      dir: output,
      cleanDir: true,
      // Entities import each other in cycles, and decorators run when a module is evaluated.
      strictExecutionOrder: true,
      // Nest, TypeORM and logs use the names of classes.
      keepNames: true,
      // No dead code is removed either: the bundler also removes calls that are made because they can throw.
      minify: false,
      comments: false,
      sourcemap: true,
      sourcemapExcludeSources: true,
      entryFileNames: '[name].js',
      chunkFileNames: (chunk) => (isPackages(chunk) ? 'packages-[hash].js' : 'own-[hash].js'),
      codeSplitting: { groups: [{ name: 'packages', test: /node_modules/, entriesAware: true }] },
    },
  };
};
