import { readFileSync } from 'node:fs';

/**
 * The environment variables that contain a password or a token. Each can be given as a file instead: `NAME_FILE` is the
 * path of a file that contains the value, such as a mounted secret of Docker or Kubernetes.
 */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'RABBITMQ_URL',
  'SMTP_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'METRICS_TOKEN',
  'DOCS_TOKEN',
  'CONSOLE_API_KEYS',
  'LAB_URL',
  'PAYMENT_WEBHOOK_SECRET',
  'STRIPE_API_KEY',
] as const;

/** The migrations also read the DATABASE_URL of each app, such as API_DATABASE_URL. */
const isSecret = (name: string) =>
  (SECRET_VARIABLES as readonly string[]).includes(name) || name.endsWith('_DATABASE_URL');

export const fileVariableOf = (name: string) => `${name}_FILE`;

type Variables = Record<string, string | undefined>;

/**
 * Reads the secrets that are given as files.
 *
 * @param names variables that this process reads; others are ignored
 * @returns the variables with the value of each secret under its own name, and the problem of each secret that has one
 */
export function readSecretFiles(env: Variables, names: readonly string[] = SECRET_VARIABLES) {
  const variables = { ...env };
  const problems = new Map<string, string>();
  for (const name of names.filter(isSecret)) {
    const fileVariable = fileVariableOf(name);
    const file = env[fileVariable];
    // Compose and Kubernetes pass an unset variable as an empty string.
    if (!file) continue;
    delete variables[fileVariable];
    if (env[name]) problems.set(name, `${name} and ${fileVariable} are both set: set only one of them`);
    else {
      const { value, problem } = readSecret(file);
      variables[name] = value;
      if (problem) problems.set(name, `${fileVariable} ${problem}`);
    }
  }
  return { variables, problems };
}

/** A problem contains neither path nor contents: the path may be the secret itself, given to the wrong variable. */
function readSecret(file: string): { value?: string; problem?: string } {
  try {
    const value = readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
    return value === '' ? { problem: 'names an empty file' } : { value };
  } catch (error) {
    return { problem: `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}
