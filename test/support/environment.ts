/**
 * @returns the address of a server that `npm test` started
 * @throws Error if the tests were started without `npm test`
 */
export function serverUrl(
  name: 'DATABASE' | 'RABBITMQ' | 'RABBITMQ_MANAGEMENT' | 'SMTP' | 'MAILBOX',
): string {
  const url = process.env[`TEST_${name}_URL`];
  if (!url) throw new Error(`TEST_${name}_URL is not set: run the tests with npm test`);
  return url;
}
