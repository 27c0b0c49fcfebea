/** The servers that `npm test` started for the tests. */
export function server(name: 'DATABASE' | 'RABBITMQ' | 'RABBITMQ_MANAGEMENT' | 'SMTP' | 'MAILBOX'): string {
  const url = process.env[`TEST_${name}_URL`];
  if (!url) throw new Error(`TEST_${name}_URL is not set: run the tests with npm test`);
  return url;
}
