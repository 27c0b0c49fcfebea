import type { FieldError } from '@estoque/platform';
import type { OrderItem } from '../order/locked-order.js';
import { ReturnTooLarge, ShipmentTooLarge, UnknownLines } from './fulfilment.errors.js';

/** A line of an order, with the units that were shipped and returned so far. */
export interface LineProgress extends OrderItem {
  shipped: number;
  returned: number;
}

/**
 * The units that a shipment contains.
 *
 * @param lines of the order
 * @param requested quantities of items with the same product are added up; undefined: everything that is not shipped yet
 * @returns one item for each product, in the sequence of the order's lines
 * @throws UnknownLines, ShipmentTooLarge
 */
export function itemsToShip(lines: LineProgress[], requested?: OrderItem[]): OrderItem[] {
  const unshipped = ({ quantity, shipped }: LineProgress) => quantity - shipped;
  if (!requested) return itemsOf(lines, unshipped);
  return takeUnits(lines, requested, unshipped, (line, pointer, units) => {
    const message = `${units} units cannot be shipped: ${line.quantity} were ordered, ${line.shipped} shipped so far`;
    return new ShipmentTooLarge([{ pointer, code: 'shipment_too_large', message }]);
  });
}

/** Whether a shipment of the items leaves nothing to ship. */
export function isLastShipment(lines: LineProgress[], items: OrderItem[]): boolean {
  const units = unitsByProduct(items);
  return lines.every(
    ({ product_id, quantity, shipped }) => shipped + (units.get(product_id) ?? 0) === quantity,
  );
}

/**
 * The units that a return contains.
 *
 * @param lines of the order
 * @param requested quantities of items with the same product are added up
 * @returns one item for each product, in the sequence of the order's lines
 * @throws UnknownLines, ReturnTooLarge
 */
export function itemsToReturn(lines: LineProgress[], requested: OrderItem[]): OrderItem[] {
  const returnable = ({ shipped, returned }: LineProgress) => shipped - returned;
  return takeUnits(lines, requested, returnable, ({ shipped, returned }, pointer, units) => {
    const message = `${units} units cannot be returned: ${shipped} were shipped, ${returned} returned so far`;
    return new ReturnTooLarge([{ pointer, code: 'return_too_large', message }]);
  });
}

/** Whether a return of the items leaves nothing that can be returned. */
export function isLastReturn(lines: LineProgress[], items: OrderItem[]): boolean {
  const units = unitsByProduct(items);
  return lines.every(
    ({ product_id, quantity, returned }) => returned + (units.get(product_id) ?? 0) === quantity,
  );
}

/** What the customer paid for the items, in the currency's minor unit. */
export function amountOf(lines: (LineProgress & { unit_price: number })[], items: OrderItem[]): number {
  const units = unitsByProduct(items);
  return lines.reduce(
    (sum, { product_id, unit_price }) => sum + (units.get(product_id) ?? 0) * unit_price,
    0,
  );
}

const unitsByProduct = (items: OrderItem[]) =>
  new Map(items.map(({ product_id, quantity }) => [product_id, quantity]));

/**
 * Adds up the requested units of each line.
 *
 * @param available units of a line that can be taken
 * @param refusal error for a line of which more is requested
 */
function takeUnits<Line extends OrderItem>(
  lines: Line[],
  requested: OrderItem[],
  available: (line: Line) => number,
  refusal: (line: Line, pointer: string, units: number) => Error,
): OrderItem[] {
  const products = new Set(lines.map(({ product_id }) => product_id));
  const unknown = requested.flatMap(({ product_id }, index): FieldError[] =>
    products.has(product_id)
      ? []
      : [
          {
            pointer: `/lines/${index}/product_id`,
            code: 'not_in_order',
            message: `the order has no line with product ${product_id}`,
          },
        ],
  );
  if (unknown.length > 0) throw new UnknownLines(unknown);
  const unitsOf = ({ product_id }: OrderItem) =>
    requested.reduce((sum, item) => (item.product_id === product_id ? sum + item.quantity : sum), 0);
  for (const line of lines) {
    const units = unitsOf(line);
    if (units <= available(line)) continue;
    const first = requested.findIndex(({ product_id }) => product_id === line.product_id);
    throw refusal(line, `/lines/${first}/quantity`, units);
  }
  return itemsOf(lines, unitsOf);
}

/** The lines of which at least one unit is taken, with those units. */
const itemsOf = <Line extends OrderItem>(lines: Line[], unitsOf: (line: Line) => number): OrderItem[] =>
  lines.flatMap((line) => {
    const quantity = unitsOf(line);
    return quantity === 0 ? [] : [{ product_id: line.product_id, quantity }];
  });
