import { Command } from 'commander';
import { addApiKeyCommands } from './api-keys.commands.js';

describe('The command line for API keys', () => {
  it.each([
    [['api-keys', 'create', '--name', 'x'], '--role or --scope'],
    [['api-keys', 'create', '--name', 'x', '--role', 'customer'], '--email'],
    [['api-keys', 'create', '--name', 'x', '--role', 'root'], 'root'],
    [['api-keys', 'create', '--name', 'x', '--role', 'clerk', '--email', 'ana@example.com'], '--email'],
    [['token', '--role', 'customer', '--email', 'ana'], 'address'],
  ])('creates no key by: %j', async (args, message) => {
    const withDatabase = jest.fn();
    const print = jest.fn();
    const cli = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    addApiKeyCommands(cli, withDatabase, print);
    await expect(cli.parseAsync(args, { from: 'user' })).rejects.toThrow(message);
    expect(withDatabase).not.toHaveBeenCalled();
    expect(print).not.toHaveBeenCalled();
  });
});
