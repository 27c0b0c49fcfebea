/** The arrows of the house: apps -> domain -> messaging -> platform, never up, never across. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'Two files that need each other are one thought in two places.',
      {},
      { circular: true, viaOnly: { pathNot: 'entity' } },
    ),
    rule(
      'apps-keep-apart',
      'An app never imports another app.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    ),
    rule('libs-know-no-app', 'A lib never imports an app.', { path: '^libs/' }, { path: '^apps/' }),
    rule(
      'platform-is-at-the-bottom',
      'Platform imports no other lib.',
      { path: '^libs/platform/' },
      { path: '^libs/(database|messaging|domain)/' },
    ),
    rule(
      'database-knows-no-business',
      'The database lib imports neither messaging nor the domain.',
      { path: '^libs/database/', pathNot: 'spec[.]ts$' },
      { path: '^libs/(messaging|domain)/' },
    ),
    rule(
      'only-database-opens-connections',
      'Only libs/database talks to the PostgreSQL driver.',
      { path: '^(apps|libs)/', pathNot: '^libs/database/' },
      { path: 'node_modules/pg/' },
    ),
    rule(
      'messaging-knows-no-business',
      'Messaging never imports the domain.',
      { path: '^libs/messaging/' },
      { path: '^libs/domain/' },
    ),
    rule(
      'domain-knows-no-transport',
      'The domain never imports HTTP, AMQP or a Nest client.',
      { path: '^libs/domain/' },
      {
        path: 'node_modules/(@nestjs/(microservices|platform-|swagger)|fastify|amqplib|amqp-connection-manager|nodemailer)',
      },
    ),
    rule(
      'only-messaging-touches-a-channel',
      'AMQP is spoken in libs/messaging only.',
      { path: '^(apps|libs)/', pathNot: '^libs/messaging/' },
      { path: 'node_modules/(amqplib|amqp-connection-manager)/' },
    ),
    rule(
      'only-repositories-write-sql',
      'Apps reach the database through repositories.',
      { path: '^apps/' },
      { path: 'node_modules/(typeorm|pg)/' },
    ),
    rule(
      'no-tests-in-the-product',
      'Only test/ sees everything.',
      { path: '^(apps|libs)/', pathNot: 'spec[.]ts$' },
      { path: '^(test|tools|bench)/' },
    ),
    rule('no-unresolvable', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
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
