/** Imports point in one direction only: apps -> domain -> messaging -> database -> platform. Apps do not import each other. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'Files must not import each other in a cycle. TypeORM entities may, because relations point in both directions.',
      {},
      { circular: true, viaOnly: { pathNot: 'entity' } },
    ),
    rule(
      'apps-do-not-import-apps',
      'An app must not import another app.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    ),
    rule('libs-do-not-import-apps', 'A lib must not import an app.', { path: '^libs/' }, { path: '^apps/' }),
    rule(
      'platform-does-not-import-libs',
      'libs/platform must not import another lib.',
      { path: '^libs/platform/' },
      { path: '^libs/(database|messaging|domain)/' },
    ),
    rule(
      'database-does-not-import-messaging-or-domain',
      'libs/database must not import libs/messaging or libs/domain.',
      { path: '^libs/database/', pathNot: 'spec[.]ts$' },
      { path: '^libs/(messaging|domain)/' },
    ),
    rule(
      'only-database-imports-the-driver',
      'Only libs/database may import the PostgreSQL driver.',
      { path: '^(apps|libs)/', pathNot: '^libs/database/|spec[.]ts$' },
      { path: 'node_modules/pg/' },
    ),
    rule(
      'messaging-does-not-import-domain',
      'libs/messaging must not import libs/domain.',
      { path: '^libs/messaging/' },
      { path: '^libs/domain/' },
    ),
    rule(
      'domain-does-not-import-transports',
      'libs/domain must not import HTTP, AMQP, SMTP or Nest transport packages.',
      { path: '^libs/domain/' },
      {
        path: 'node_modules/(@nestjs/(microservices|platform-|swagger)|fastify|amqplib|amqp-connection-manager|nodemailer)',
      },
    ),
    rule(
      'only-messaging-imports-amqp',
      'Only libs/messaging imports AMQP clients.',
      { path: '^(apps|libs)/', pathNot: '^libs/messaging/' },
      { path: 'node_modules/(amqplib|amqp-connection-manager)/' },
    ),
    rule(
      'apps-do-not-import-database-clients',
      'Apps access the database through repositories only.',
      { path: '^apps/' },
      { path: 'node_modules/(typeorm|pg)/' },
    ),
    rule(
      'client-imports-nothing-of-the-repository',
      'libs/client is published by itself.',
      { path: '^libs/client/' },
      { path: '^(apps|libs|test|tools|bench)/', pathNot: '^libs/client/' },
    ),
    rule(
      'production-does-not-import-the-client',
      'libs/client is for clients of the API, such as the console.',
      { path: '^(apps/(?!console/)|libs/(?!client/))' },
      { path: '^libs/client/' },
    ),
    rule(
      'console-imports-only-the-client',
      'The console runs in a browser. Of the repository it imports libs/client only.',
      { path: '^apps/console/' },
      { path: '^(apps|libs)/', pathNot: '^(apps/console|libs/client)/' },
    ),
    rule(
      'production-does-not-import-tests',
      'Apps and libs must not import test/, tools/ or bench/.',
      { path: '^(apps|libs)/', pathNot: 'spec[.]ts$' },
      { path: '^(test|tools|bench)/' },
    ),
    rule('no-unresolvable', 'Every import must be resolvable.', {}, { couldNotResolve: true }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
