/**
 * Limits of the HTTP servers of all processes. Together they bound the memory that clients can occupy, whatever they
 * send and whether or not they read the answers. docs/limits.md lists them for clients and operators.
 */

/** A body with the maximum of 100 lines and the longest texts has about 10 kB. */
export const MAX_BODY_BYTES = 100 * 1024;

/** Request line and headers. Node's default, also that of most proxies. A trace context and cookies need about 4 kB. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** Minimum that RFC 9110 recommends servers to support. The longest valid URL of the API has about 800 characters. */
export const MAX_URL_CHARACTERS = 8_000;

/** Time to send the headers, from the first byte or from the opening of the connection. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** Time to send the whole request. 100 kB in 20 s are 5 kB/s: slower than any mobile connection. */
export const REQUEST_TIMEOUT_MS = 20_000;

/** How often the two limits above are checked. */
export const TIMEOUT_CHECK_INTERVAL_MS = 1_000;

/** An idle connection is kept for longer than load balancers keep it (60 s), so that they close it and not the server. */
export const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/**
 * Maximum number of unanswered requests of one connection (HTTP/1.1 pipelining). They are handled one at a time. A
 * connection that sends more is closed. Browsers and proxies send the next request after the answer to the last one.
 */
export const MAX_PIPELINED_REQUESTS = 32;

/** A connection that has not read its answer within this time is closed. 1 MB in 30 s are 35 kB/s. */
export const UNREAD_ANSWER_TIMEOUT_MS = 30_000;

/** If the unread answers of all connections are larger, the connections that have waited longest are closed. */
export const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** Maximum number of connections of the api. An idle one occupies about 10 kB. Above the limit, new ones are closed. */
export const MAX_API_CONNECTIONS = 5_000;

/**
 * Connections that the operating system holds until the process accepts them. If there are more, it drops their first
 * packet, and the client, or a health probe, tries again only after 1, 3, 7 and 15 s. Node's default of 511 is filled by
 * a burst of clients within one turn of the event loop. Linux limits the value to `net.core.somaxconn` (4,096).
 */
export const LISTEN_BACKLOG = 4_096;

/**
 * Maximum number of connections of a worker. Its port is for health probes and Prometheus only, which need a few. The
 * others are for a client that holds hundreds of connections until they are cut off: a probe must still get one.
 */
export const MAX_WORKER_CONNECTIONS = 500;
