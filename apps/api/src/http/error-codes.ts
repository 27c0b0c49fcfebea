/**
 * Every error code, as docs/errors.md and the page /docs/errors describe it. The `type` of a problem document is the
 * address of its code on that page. A test compares this list with the codes in the sources, in both directions.
 */
export interface ErrorCode {
  code: string;
  /** HTTP status of the problem document, or null for a code that only dead letters, logs and `last_error` contain. */
  status: number | null;
  meaning: string;
  /** What the client, or the operator of a dead letter, has to do. */
  action: string;
  /** Whether the same request can be sent again without a second effect, and whether that helps. */
  repeat: string;
}

const POINTLESS = 'Safe, but useless: the answer is the same.';
const AFTER_CHANGE = 'Safe. It helps only after the state has changed, and then with a new idempotency key.';
const STORED_NOTHING = 'Safe, after the seconds in `Retry-After`: nothing was stored.';

const REQUESTS: ErrorCode[] = [
  {
    code: 'malformed_request',
    status: 400,
    meaning: 'The body is not JSON, or the URL or the HTTP message is invalid.',
    action: 'Correct the program that builds the request.',
    repeat: POINTLESS,
  },
  {
    code: 'invalid_id',
    status: 400,
    meaning: 'An id in the path is not a positive integer.',
    action: 'Use an id that the API has returned.',
    repeat: POINTLESS,
  },
  {
    code: 'invalid_cursor',
    status: 400,
    meaning: '`cursor` is not the `next_cursor` of a previous page.',
    action: 'Start again at the first page, without a cursor.',
    repeat: POINTLESS,
  },
  {
    code: 'invalid_idempotency_key',
    status: 400,
    meaning: 'The header `Idempotency-Key` is empty, too long, given twice, or not printable ASCII.',
    action: 'Use a UUID as key.',
    repeat: POINTLESS,
  },
  {
    code: 'not_found',
    status: 404,
    meaning: 'The API has no such path.',
    action: 'Compare the path with `/openapi.json`.',
    repeat: POINTLESS,
  },
  {
    code: 'method_not_allowed',
    status: 405,
    meaning: 'The path exists, but not with this method.',
    action: 'Use one of the methods in the header `Allow`.',
    repeat: POINTLESS,
  },
  {
    code: 'request_timeout',
    status: 408,
    meaning: 'The request did not arrive completely in time.',
    action: 'Check the connection, and send the whole request at once.',
    repeat: 'Safe: the request was not processed.',
  },
  {
    code: 'conflict',
    status: 409,
    meaning: 'The request conflicts with the current state, without a more specific code.',
    action: 'Read the current state.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'body_too_large',
    status: 413,
    meaning: 'The body of the request, or of a message, exceeds the maximum size.',
    action: 'Split the request. For a dead letter: correct the publisher and discard the dead letter.',
    repeat: POINTLESS,
  },
  {
    code: 'url_too_long',
    status: 414,
    meaning: 'The URL exceeds the maximum length.',
    action: 'Shorten the query.',
    repeat: POINTLESS,
  },
  {
    code: 'unsupported_media_type',
    status: 415,
    meaning: 'The body is not `application/json`.',
    action: 'Send JSON with the header `Content-Type: application/json`.',
    repeat: POINTLESS,
  },
  {
    code: 'expectation_failed',
    status: 417,
    meaning: 'The header `Expect` has another value than `100-continue`.',
    action: 'Send the request without the header.',
    repeat: POINTLESS,
  },
  {
    code: 'validation_failed',
    status: 422,
    meaning:
      'Fields or parameters are unknown, missing or invalid, or an order refers to unknown products. `errors` lists each of them.',
    action: 'Correct the fields that `errors` names.',
    repeat: POINTLESS,
  },
  {
    code: 'idempotency_key_reused',
    status: 422,
    meaning: 'The idempotency key was used before, for another operation or another body.',
    action: 'Use a new key for each request, and the same key only to repeat it without changes.',
    repeat: POINTLESS,
  },
  {
    code: 'headers_too_large',
    status: 431,
    meaning: 'The headers of the request exceed the maximum size.',
    action: 'Send fewer or shorter headers.',
    repeat: POINTLESS,
  },
  {
    code: 'request_refused',
    status: 400,
    meaning: 'The HTTP server refused the request, with any status below 500 that has no code of its own.',
    action: 'Read `detail`.',
    repeat: POINTLESS,
  },
];

const RULES: ErrorCode[] = [
  {
    code: 'idempotency_in_progress',
    status: 409,
    meaning: 'A request with the same idempotency key is being handled at the moment.',
    action: 'Repeat the request with the same key after the seconds in `Retry-After`.',
    repeat: 'Safe with the same key: it returns the answer as soon as there is one.',
  },
  {
    code: 'order_not_found',
    status: 404,
    meaning: 'There is no order with this id.',
    action: 'Use an id that the API has returned.',
    repeat: POINTLESS,
  },
  {
    code: 'order_not_cancellable',
    status: 409,
    meaning: 'The order is already processed or rejected.',
    action: 'Read the order.',
    repeat: POINTLESS,
  },
  {
    code: 'product_not_found',
    status: 404,
    meaning: 'There is no product with this id.',
    action: 'Use an id that the API has returned.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'sku_taken',
    status: 409,
    meaning: 'Another product has this SKU.',
    action: 'Find that product with `GET /v1/products?sku=`, or choose another SKU.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'movement_not_found',
    status: 404,
    meaning: 'The product has no stock movement with this id.',
    action: 'Use the URL in `Location` of the receipt or adjustment.',
    repeat: POINTLESS,
  },
  {
    code: 'stock_below_reserved',
    status: 409,
    meaning: 'An adjustment would leave less on hand than is reserved for orders.',
    action: 'Remove fewer units, or cancel orders first.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'stock_too_large',
    status: 409,
    meaning: 'The quantity on hand would exceed the maximum.',
    action: 'Check the quantity.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'notification_not_found',
    status: 404,
    meaning: 'There is no notification with this id.',
    action: 'List the notifications of the order.',
    repeat: POINTLESS,
  },
  {
    code: 'notification_pending',
    status: 409,
    meaning: 'The mail is still waiting to be sent.',
    action: 'Wait until its state is `sent` or `failed`.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'dead_letter_not_found',
    status: 404,
    meaning: 'There is no dead letter with this id.',
    action: 'List the dead letters.',
    repeat: POINTLESS,
  },
  {
    code: 'dead_letter_closed',
    status: 409,
    meaning: 'The dead letter is already replayed or discarded.',
    action: 'Read the dead letter with its actions.',
    repeat: POINTLESS,
  },
  {
    code: 'dead_letter_replaying',
    status: 409,
    meaning: 'A replay has claimed the dead letter: it is publishing the message, or could not be recorded.',
    action: 'Repeat the request after some seconds. The claim ends after a minute at the latest.',
    repeat: 'Safe, also with the same idempotency key: this answer is not stored.',
  },
  {
    code: 'dead_letter_not_replayable',
    status: 409,
    meaning: 'The system has no queue of that name, or the stored body is not the whole body of the message.',
    action: 'Discard the dead letter, and correct the publisher.',
    repeat: POINTLESS,
  },
  {
    code: 'dead_letter_job_not_found',
    status: 404,
    meaning: 'There is no job with this id.',
    action: 'List the jobs.',
    repeat: POINTLESS,
  },
  {
    code: 'dead_letter_job_ended',
    status: 409,
    meaning: 'The job has already finished or was cancelled.',
    action: 'Read the job.',
    repeat: POINTLESS,
  },
  {
    code: 'too_many_dead_letter_jobs',
    status: 409,
    meaning: '100 jobs have not ended yet.',
    action: 'Wait until one has ended, or cancel one.',
    repeat: AFTER_CHANGE,
  },
  {
    code: 'audit_not_found',
    status: 404,
    meaning: 'There is no audit with this id, or no audit was requested yet.',
    action: 'Request an audit with `POST /v1/operations/audit`.',
    repeat: AFTER_CHANGE,
  },
];

const OUTAGES: ErrorCode[] = [
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
    meaning: 'The process has reached its limit of requests in progress.',
    action: 'Repeat the request later, with growing delays.',
    repeat: STORED_NOTHING,
  },
];

const MESSAGES: ErrorCode[] = [
  {
    code: 'invalid_json',
    status: null,
    meaning: 'The body of the message is not JSON.',
    action: 'Correct the publisher and discard the dead letter.',
    repeat: POINTLESS,
  },
  {
    code: 'unknown_event',
    status: null,
    meaning: 'No event has this name, or the queue does not consume it.',
    action: 'Correct the publisher, or deploy the consumer and then replay the dead letter.',
    repeat: 'A replay helps after the consumer is deployed.',
  },
  {
    code: 'broken_contract',
    status: null,
    meaning: 'The message violates the schema of its event (docs/events.md).',
    action: 'Correct the publisher and discard the dead letter.',
    repeat: POINTLESS,
  },
  {
    code: 'invalid_order',
    status: null,
    meaning: 'A request for an order violates a rule. Responses show it as `validation_failed`.',
    action: 'Correct the fields that `errors` names.',
    repeat: POINTLESS,
  },
  {
    code: 'order_mismatch',
    status: null,
    meaning: 'The items of the message differ from those of the stored order.',
    action: 'Find the publisher. This system did not publish the message; discard it.',
    repeat: POINTLESS,
  },
  {
    code: 'order_not_ready',
    status: null,
    meaning: 'The message does not match the status of its order, also after all attempts.',
    action: 'Read the order. Replay the dead letter if the order still has to make this step.',
    repeat: 'A replay is safe: it changes nothing twice.',
  },
  {
    code: 'crashes_worker',
    status: null,
    meaning: 'The message was delivered five times without an acknowledgement, so it may crash the worker.',
    action: 'Correct the worker, then replay the dead letter.',
    repeat: 'A replay is safe: it changes nothing twice.',
  },
  {
    code: 'undeclared_publisher',
    status: null,
    meaning: 'A bug: an app publishes an event whose contract does not list it.',
    action: 'Add the app to `publishedBy` of the event.',
    repeat: 'A replay helps after the bug is corrected.',
  },
  {
    code: 'dead_letters_full',
    status: null,
    meaning:
      'The maximum number or size of open dead letters is reached. Further messages wait in `dead_letter_queue`.',
    action: 'Replay or discard dead letters.',
    repeat: 'Happens automatically.',
  },
  {
    code: 'circuit_open',
    status: null,
    meaning: 'The circuit breaker is open, because most messages fail. The message returns to its queue.',
    action: 'See the runbook: EstoqueConsumerDown.',
    repeat: 'Happens automatically.',
  },
  {
    code: 'message_not_encodable',
    status: 422,
    meaning: 'The properties or headers of the message cannot be published again.',
    action:
      'Discard the dead letter, and correct the publisher. A worker publishes such a message without its properties.',
    repeat: POINTLESS,
  },
  {
    code: 'stopping',
    status: null,
    meaning: 'The process is stopping; the broker delivers the message to another one.',
    action: 'None.',
    repeat: 'Happens automatically.',
  },
  {
    code: 'mail_unavailable',
    status: null,
    meaning: 'The mail server is unavailable. Mails wait and use up no attempt.',
    action: 'None while it is short; see docs/operations.md.',
    repeat: 'Happens automatically.',
  },
  {
    code: 'mail_deferred',
    status: null,
    meaning: 'The mail server deferred the mail (SMTP 4xx).',
    action: 'None: another attempt follows.',
    repeat: 'Happens automatically.',
  },
  {
    code: 'mail_refused',
    status: null,
    meaning: 'The mail server refused the mail permanently (SMTP 5xx).',
    action: 'Correct the cause, then send the mail again.',
    repeat: 'Safe: `POST /v1/notifications/{id}/resend` sends one more mail.',
  },
];

/** Groups of codes, in the sequence of the page. */
export const ERROR_CODES: Record<string, ErrorCode[]> = {
  'The request is invalid': REQUESTS,
  'A rule refuses the request': RULES,
  'The service cannot answer': OUTAGES,
  'Only in dead letters and logs': MESSAGES,
};

/** Codes of the entries of `errors`, with their meaning. */
export const FIELD_CODES: Record<string, string> = {
  unknown_field: 'The field or parameter is not known.',
  required: 'The field is missing.',
  not_an_integer: 'The value is not an integer.',
  not_a_string: 'The value is not a string.',
  not_a_boolean: 'The value is not `true` or `false`.',
  not_a_list: 'The value is not a list.',
  not_an_object: 'The value is not an object.',
  not_an_email: 'The value is not an e-mail address.',
  not_a_date: 'The value is not a date and time.',
  not_a_currency: 'The value is not an ISO 4217 currency code.',
  not_an_id: 'The value is not a positive integer.',
  not_allowed: 'The value is not one of the allowed values.',
  bad_format: 'The value does not have the required form.',
  bad_length: 'The text does not have the required length.',
  bad_metadata: 'The metadata has too many entries, or a name or value that is not allowed.',
  too_small: 'The number is below the minimum.',
  too_large: 'The number exceeds the maximum, alone or added up.',
  too_short: 'The text is below the minimum length.',
  too_long: 'The text exceeds the maximum length.',
  too_few: 'The list has too few entries.',
  too_many: 'The list has too many entries.',
  invalid_cursor: 'The cursor is not the `next_cursor` of a previous page.',
  reused: 'The idempotency key was used for another request.',
  unknown_product: 'There is no product with this id.',
  mixed_currencies: 'The products of the order have several currencies.',
  total_too_large: 'The total of the order exceeds the maximum.',
  sku_taken: 'Another product has this SKU.',
  stock_below_reserved: 'Less would be on hand than is reserved.',
  stock_too_large: 'More would be on hand than the maximum.',
};
