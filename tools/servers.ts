import { fileVariableOf, readSecretFiles } from '../libs/platform/src/config/secrets.js';

const SERVER_VARIABLES = ['DATABASE_URL', 'RABBITMQ_URL', 'SMTP_URL'];

/**
 * Returns a copy of the environment in which the addresses of servers that are given as files (`DATABASE_URL_FILE` and so
 * on) have their value, so that a command can replace them for the processes that it starts.
 *
 * @throws Error with one line for each file that cannot be read
 */
export function readServerFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { variables, problems } = readSecretFiles(env, SERVER_VARIABLES);
  if (problems.size > 0) throw new Error([...problems.values()].join('\n'));
  return variables;
}

/** Returns a copy of the environment without the addresses of servers, in either form. */
export function withoutServers(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = SERVER_VARIABLES.flatMap((name) => [name, fileVariableOf(name)]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
