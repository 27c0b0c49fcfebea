/** Units of one product in one order. */
export const MAX_UNITS = 1_000_000;

/** Lines of one order. */
export const MAX_LINES = 100;
