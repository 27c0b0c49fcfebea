import type { ErrorCode } from './error-code.js';
import { MESSAGES } from './message-errors.js';
import { OUTAGES } from './outage-errors.js';
import { REQUESTS } from './request-errors.js';
import { RULES } from './rule-errors.js';

/**
 * Every error code by group, in the sequence of docs/errors.md and of the page /docs/errors. The `type` of a problem
 * document is the address of its code on that page. A test compares this list with the codes in the sources, in both
 * directions.
 */
export const ERROR_CODES: Record<string, ErrorCode[]> = {
  'The request is invalid': REQUESTS,
  'A rule refuses the request': RULES,
  'The service cannot answer': OUTAGES,
  'Only in dead letters and logs': MESSAGES,
};
