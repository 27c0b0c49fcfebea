/**
 * Limits of quantities and amounts, each defined here only. The API's DTOs and the event contracts use them, and the
 * documents are generated from those. A test compares them with the CHECK constraints of the database.
 *
 * They keep quantities within PostgreSQL's integer, and amounts within the integers that a JavaScript number holds
 * exactly.
 */

/** Units of one product in one order, all its items added up. */
export const MAX_UNITS = 1_000_000;

/**
 * Items in the request for an order. Requests and events have *items*: a product and a quantity. A stored order has
 * *lines*: one per product, with the quantities of its items added up, and with the name and price at the time of
 * ordering.
 */
export const MAX_ITEMS = 100;

/** Price of one unit, in the currency's minor unit. */
export const MAX_PRICE = 1_000_000_000;

/** Total of an order, in the currency's minor unit. */
export const MAX_TOTAL = Number.MAX_SAFE_INTEGER;

/** Characters of the customer's reference of an order. */
export const MAX_REFERENCE_LENGTH = 200;

/** Shipments, and returns, of one order. */
export const MAX_SHIPMENTS = 100;
export const MAX_RETURNS = 100;

/** Characters of the carrier, and of the tracking number, of a shipment. */
export const MAX_CARRIER_LENGTH = 100;
export const MAX_TRACKING_NUMBER_LENGTH = 100;

/** Characters of the reason for a cancellation, a return or a refund. */
export const MAX_REASON_LENGTH = 500;

/** Entries of an order's metadata, and characters of each name and value. */
export const MAX_METADATA_ENTRIES = 50;
export const MAX_METADATA_NAME_LENGTH = 40;
export const MAX_METADATA_VALUE_LENGTH = 500;

/** Units of a product on hand. */
export const MAX_ON_HAND = 1_000_000_000;

/** Units of one receipt or adjustment, in either direction. */
export const MAX_MOVEMENT = 1_000_000;

/** Units on hand at which a low-stock alert is sent. */
export const MAX_REORDER_POINT = 1_000_000_000;
