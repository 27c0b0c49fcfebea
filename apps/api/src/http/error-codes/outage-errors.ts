import { STORED_NOTHING, type ErrorCode } from './error-code.js';

export const OUTAGES: ErrorCode[] = [
  {
    code: 'internal_error',
    status: 500,
    meaning: 'A bug. Its transaction was rolled back, and the error was logged.',
    action: 'Report it with the time and the path of the request.',
    repeat: 'Safe, but the bug may remain.',
  },
  {
    code: 'unavailable',
    status: 503,
    meaning: 'The database is unavailable.',
    action: 'Repeat the request later, with growing delays.',
    repeat: STORED_NOTHING,
  },
  {
    code: 'database_unavailable',
    status: 503,
    meaning: 'The process has started and is not yet connected to the database.',
    action: 'Repeat the request later, with growing delays.',
    repeat: STORED_NOTHING,
  },
  {
    code: 'identity_provider_unavailable',
    status: 503,
    meaning: 'The keys of the identity provider could not be read, so a token could not be verified.',
    action: 'Repeat the request later, with growing delays.',
    repeat: STORED_NOTHING,
  },
  {
    code: 'broker_unavailable',
    status: 503,
    meaning: 'RabbitMQ is unavailable, so a dead letter could not be replayed. Orders do not need it.',
    action: 'Repeat the request later, with growing delays.',
    repeat: 'Safe: dead letters replayed before the error are closed or, at worst, replayed twice.',
  },
  {
    code: 'outcome_unknown',
    status: 503,
    meaning:
      'The connection to the database was lost while the transaction was being committed, or the commit was not replicated. The request may have been carried out.',
    action: 'Repeat the request with the same `Idempotency-Key`. Without a key, read the state first.',
    repeat:
      'Safe with the same idempotency key: the request is carried out once. Without a key, it may be carried out twice.',
  },
  {
    code: 'row_locked',
    status: 503,
    meaning: 'Another session has locked a row that the request needs, for example the stock of a product.',
    action: 'Repeat the request later. `/health/ready` names the session.',
    repeat: STORED_NOTHING,
  },
  {
    code: 'database_read_only',
    status: 503,
    meaning: 'The address of the database leads to a server that accepts no writes.',
    action: 'Repeat the request later, with growing delays.',
    repeat: STORED_NOTHING,
  },
  {
    code: 'overloaded',
    status: 503,
    meaning: 'Too many requests are in progress or waiting, or the order has waited for too long.',
    action: 'Repeat the request later, with growing delays.',
    repeat: STORED_NOTHING,
  },
];
