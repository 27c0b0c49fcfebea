import { randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** @returns a new secret of Standard Webhooks. It is stored, because it has to sign, and shown once */
export const generateWebhookSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
