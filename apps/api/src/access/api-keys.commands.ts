import { UnitOfWork } from '@estoque/domain';
import type { INestApplicationContext } from '@nestjs/common';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { commandLineActor } from '../audit-log/actor.js';
import { ApiKeysService, type ApiKeyRequest } from './api-keys.service.js';
import { ROLE_NAMES, SCOPE_NAMES, type Role, type Scope } from './scopes.js';

/** Validity of a key that `token` creates. */
const TOKEN_DAYS = 30;
const DAY_MS = 86_400_000;

type Run = (work: (keys: ApiKeysService) => Promise<void>) => Promise<void>;

interface CreateOptions {
  name: string;
  role?: Role;
  scope?: Scope[];
  email?: string;
  days?: number;
}

/**
 * Adds the commands `api-keys` and `token`.
 *
 * @param withDatabase runs work with an app that is connected to the database
 * @param print prints a line
 */
export function addApiKeyCommands(
  cli: Command,
  withDatabase: (work: (app: INestApplicationContext) => Promise<void>) => Promise<void>,
  print: (line: string) => void,
) {
  const run: Run = (work) => withDatabase((app) => work(new ApiKeysService(app.get(UnitOfWork))));
  const create = ({ name, role, scope, email, days }: CreateOptions) => {
    if (!role && !scope?.length) throw new Error('Specify --role or --scope.');
    if (role === 'customer' && !email) throw new Error('The role customer requires --email.');
    if (email && role && role !== 'customer')
      throw new Error(`The role ${role} cannot be limited by --email.`);
    const request: ApiKeyRequest = {
      name,
      role,
      scopes: scope,
      customer_email: email,
      expires_at: days === undefined ? undefined : new Date(Date.now() + days * DAY_MS).toISOString(),
    };
    return run(async (keys) => print((await keys.create(request, commandLineActor())).key));
  };
  const roleOption = () => new Option('--role <role>', 'the scopes of this role').choices(ROLE_NAMES);
  const emailOption = () =>
    new Option('--email <address>', 'the key reaches only what belongs to this customer').argParser(
      toAddress,
    );

  const apiKeys = cli.command('api-keys').description('Keys by which services call the API.');
  apiKeys
    .command('create')
    .description('Create a key and print it. It is shown only once.')
    .requiredOption('--name <name>', 'what the key is for')
    .addOption(roleOption())
    .addOption(new Option('--scope <scopes...>', 'single scopes').choices(SCOPE_NAMES))
    .addOption(emailOption())
    .option('--days <n>', 'days until the key expires; without it, never', toDays)
    .action(create);
  apiKeys
    .command('list')
    .description('List keys, newest first.')
    .action(() =>
      run(async (keys) => {
        const { data } = await keys.list({ limit: 100 });
        for (const { id, prefix, name, scopes, customer_email, revoked_at, expires_at, last_used_at } of data)
          print(
            [
              `#${id}`,
              prefix,
              name,
              scopes.join(','),
              customer_email ?? '',
              revoked_at ? `revoked ${revoked_at}` : expires_at ? `expires ${expires_at}` : 'valid',
              last_used_at ? `last used ${last_used_at}` : 'never used',
            ].join('  '),
          );
        if (data.length === 0) print('No API keys.');
      }),
    );
  apiKeys
    .command('revoke')
    .description('Revoke a key. Every process refuses it within 5 s.')
    .argument('<id>', 'id of the key', toId)
    .action((id: number) =>
      run(async (keys) => print(`#${id} revoked ${(await keys.revoke(id, commandLineActor())).revoked_at}`)),
    );

  cli
    .command('token')
    .description(`Create an API key for trying the API, valid for ${TOKEN_DAYS} days, and print it.`)
    .addOption(roleOption().makeOptionMandatory())
    .addOption(emailOption())
    .action((options: { role: Role; email?: string }) =>
      create({ ...options, name: `token: ${options.role}`, days: TOKEN_DAYS }),
    );
}

function toAddress(text: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return text;
  throw new InvalidArgumentError('Must be an e-mail address.');
}

function toDays(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Must be from 1 to 9999.');
}

function toId(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Must be a positive integer.');
}
