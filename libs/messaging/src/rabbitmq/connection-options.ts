/** Seconds until the connection manager opens a lost connection again. */
export const RECONNECT_SECONDS = 1;

/**
 * Options of every broker connection of a process. A peer that does not respond is detected after two missed
 * heartbeats (8 to 12 s), or after the timeout while the connection is being opened.
 */
export const CONNECTION_OPTIONS = {
  heartbeatIntervalInSeconds: 4,
  reconnectTimeInSeconds: RECONNECT_SECONDS,
  connectionOptions: { timeout: 5_000 },
};
