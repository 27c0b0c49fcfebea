export { createClient, UnexpectedAnswer, type Client, type ClientOptions } from './client.js';
export { repeatWithKey, type RepeatOptions } from './repeat-with-key.js';
export type * from './contract.js';
