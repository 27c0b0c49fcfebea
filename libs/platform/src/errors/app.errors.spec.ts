import { AppError, isLockTimeout, kindOf } from './app.errors.js';

const databaseError = (code: string) => Object.assign(new Error('from the server'), { code });

describe('The kind of an error', () => {
  it.each([
    ['08000', 'connection exception'],
    ['08006', 'connection failure'],
    ['08P01', 'protocol violation'],
    ['25006', 'the server is read-only'],
    ['25P03', 'idle in a transaction for too long'],
    ['25P04', 'transaction timeout'],
    ['28000', 'login refused'],
    ['28P01', 'wrong password'],
    ['3D000', 'no such database'],
    ['53000', 'insufficient resources'],
    ['53100', 'disk full'],
    ['53200', 'out of memory'],
    ['53300', 'too many connections'],
    ['53400', 'configured limit exceeded'],
    ['55P03', 'lock timeout'],
    ['57014', 'statement timeout, or cancelled by an administrator'],
    ['57P01', 'shutdown'],
    ['57P02', 'crash of another session'],
    ['57P03', 'the server is starting'],
    ['57P05', 'idle session timeout'],
    ['58030', 'input or output error'],
    ['ECONNREFUSED', 'no server'],
  ])('is `unavailable` for %s (%s)', (code) => expect(kindOf(databaseError(code))).toBe('unavailable'));

  it.each([
    ['22003', 'number out of range'],
    ['23505', 'unique violation'],
    ['25P02', 'statement after a failed one in the same transaction'],
    ['40P01', 'deadlock'],
    ['42501', 'permission denied'],
    ['42703', 'no such column'],
    ['57P', 'not a SQLSTATE'],
    ['XX000', 'internal error'],
    ['XX001', 'data corrupted'],
  ])('is `bug` for %s (%s)', (code) => expect(kindOf(databaseError(code))).toBe('bug'));

  it('is that of the AppError', () => expect(kindOf(new AppError('missing', 'x', 'x'))).toBe('missing'));

  it.each([
    ['55P03', true],
    ['57014', true],
    ['57P01', false],
    ['40P01', false],
  ])('%s: waited for a lock for too long: %s', (code, expected) =>
    expect(isLockTimeout(databaseError(code))).toBe(expected),
  );
});
