/** What Nest injects for these symbols: the environment variables, the logger, and the name of the app. */
export const ENVIRONMENT = Symbol('environment');
export const LOGGER = Symbol('logger');
/** Name of the app, for example `order-worker`. It is on every log line, and is the `app_id` of every event that the app writes. */
export const APP_NAME = Symbol('app name');
