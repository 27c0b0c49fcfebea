import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Folder for everything that the commands write, except the build. */
export const local = join(root, '.local');
export const logs = join(local, 'logs');
/** Records of the running processes of `npm start` and `npm run infra`. */
export const records = join(local, 'run');
/** Addresses and process ids of `npm start`. */
export const stackFile = join(local, 'stack.json');
/** Settings that `npm run infra` writes. */
export const envFile = join(root, '.env');
