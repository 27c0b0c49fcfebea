import { apiRow } from './api.js';
import { databaseRow } from './database.js';
import { brokerRow, outboxRow } from './events.js';
import { failuresRow } from './failures.js';
import { mailRow } from './mail.js';
import type { Row } from './panel.js';
import { processesRow } from './processes.js';
import { webhooksRow } from './webhooks.js';
import { workerRows } from './workers.js';

/** The rows for the steps of an order, in the sequence of the steps. */
const STEPS: Row[] = [apiRow, outboxRow, brokerRow, ...workerRows, mailRow];

/** From top to bottom: the steps of an order, then failures, then what all processes share. */
export const ROWS: Row[] = [
  ...STEPS.map(({ title, graphs }, index) => ({ title: `${index + 1}. ${title}`, graphs })),
  webhooksRow,
  failuresRow,
  databaseRow,
  processesRow,
];
