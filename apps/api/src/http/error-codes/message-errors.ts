import { POINTLESS, type ErrorCode } from './error-code.js';

export const MESSAGES: ErrorCode[] = [
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
    code: 'payment_not_ready',
    status: null,
    meaning:
      'The message reports an outcome that the payment of its order does not have, also after all attempts.',
    action: 'Read the payment. Discard the dead letter: a client of the broker has forged it.',
    repeat: 'A replay is safe: the stored payment decides.',
  },
  {
    code: 'refund_not_made',
    status: null,
    meaning: 'The message reports a refund that was not made, also after all attempts.',
    action: 'Read the payment. Discard the dead letter: a client of the broker has forged it.',
    repeat: 'A replay is safe: the stored refund decides.',
  },
  {
    code: 'gateway_unavailable',
    status: null,
    meaning: 'The payment gateway does not answer payment-worker, which logs this. No message fails.',
    action: 'Wait, or correct the address or the credential of the gateway.',
    repeat: 'payment-worker asks again by itself.',
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
    code: 'address_suppressed',
    status: null,
    meaning:
      'The mail was not sent, because the mail server answered an earlier one that the address does not exist, or an operator reported it.',
    action:
      'If the address exists again, end its suppression with `DELETE /v1/customers/{email}/mail-settings/suppression` and resend the mail.',
    repeat: 'The mail is not sent again automatically.',
  },
  {
    code: 'mail_refused',
    status: null,
    meaning: 'The mail server refused the mail permanently (SMTP 5xx).',
    action: 'Correct the cause, then send the mail again.',
    repeat: 'Safe: `POST /v1/notifications/{id}/resend` sends one more mail.',
  },
];
