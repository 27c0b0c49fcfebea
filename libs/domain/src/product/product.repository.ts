import type { EntityManager } from 'typeorm';
import { Product } from './product.entity.js';
import { assertVersion, type ExpectedVersion } from '../expected-version.js';
import { ProductNotFound, SkuTaken } from './product.errors.js';

export type NewProduct = Pick<Product, 'sku' | 'name' | 'price' | 'currency' | 'reorder_point' | 'active'>;

export interface ProductFilter {
  sku?: string;
  active?: boolean;
  /** Only products with a lower id. */
  before?: number;
  limit: number;
}

/** Name and price of a product at the time of ordering. */
export type ProductSnapshot = Pick<Product, 'id' | 'sku' | 'name' | 'price' | 'currency'>;

const COLUMNS = 'id, version, sku, name, price, currency, reorder_point, active, created_at, updated_at';
const UNIQUE_VIOLATION = '23505';

/** Writes `products`. */
export class ProductRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @throws SkuTaken */
  async create(product: NewProduct): Promise<Product> {
    const { identifiers } = await this.throwingSkuTaken(product.sku, () =>
      this.manager.createQueryBuilder().insert().into(Product).values(product).execute(),
    );
    return this.get(identifiers[0]!.id as number);
  }

  /**
   * @param expected the version that the caller has read; undefined: any
   * @returns the product before and after the change
   * @throws ProductNotFound, VersionStale, SkuTaken
   */
  async change(
    id: number,
    changes: Partial<NewProduct>,
    expected?: ExpectedVersion,
  ): Promise<{ before: Product; after: Product }> {
    // Locked, so that no other transaction changes it in between.
    const lock = changes.sku === undefined ? 'for_no_key_update' : 'pessimistic_write';
    const before = await this.manager.findOne(Product, { where: { id }, lock: { mode: lock } });
    if (!before) throw new ProductNotFound(id);
    assertVersion(expected, before.version);
    await this.throwingSkuTaken(changes.sku, () =>
      this.manager.update(
        Product,
        { id },
        {
          ...changes,
          version: () => 'version + 1',
          updated_at: () => 'now()',
        },
      ),
    );
    return { before, after: await this.get(id) };
  }

  /** @throws ProductNotFound */
  async get(id: number): Promise<Product> {
    const product = await this.manager.findOneBy(Product, { id });
    if (!product) throw new ProductNotFound(id);
    return product;
  }

  /** @returns snapshots by product id; unknown ids are omitted */
  async snapshots(ids: number[]): Promise<Map<number, ProductSnapshot>> {
    const rows = await this.manager.query<ProductSnapshot[]>(
      'SELECT id, sku, name, price, currency FROM products WHERE id = ANY($1)',
      [ids],
    );
    return new Map(rows.map((snapshot) => [snapshot.id, snapshot]));
  }

  /** @returns products that match the filter, newest first */
  list({ sku, active, before = Number.MAX_SAFE_INTEGER, limit }: ProductFilter): Promise<Product[]> {
    const parameters: unknown[] = [before, limit];
    const parameter = (value: unknown) => `$${parameters.push(value)}`;
    // From position to position of one index, so that the planner cannot choose to filter all products.
    const [condition, order] = ((): [string, string] => {
      if (sku !== undefined) {
        const isWanted = active === undefined ? '' : ` AND active = ${parameter(active)}`;
        return [`sku = ${parameter(sku)} AND id < $1${isWanted}`, 'id DESC'];
      }
      if (active === undefined) return ['id < $1', 'id DESC'];
      const value = parameter(active);
      return [`(active, id) < (${value}, $1) AND active >= ${value}`, 'active DESC, id DESC'];
    })();
    return this.manager.query<Product[]>(
      `SELECT ${COLUMNS} FROM products WHERE ${condition} ORDER BY ${order} LIMIT $2`,
      parameters,
    );
  }

  /** Runs `write` and converts a unique violation. @throws SkuTaken */
  private async throwingSkuTaken<Result>(sku: string | undefined, write: () => Promise<Result>) {
    try {
      return await write();
    } catch (error) {
      if (sku !== undefined && (error as { code?: string }).code === UNIQUE_VIOLATION)
        throw new SkuTaken(sku);
      throw error;
    }
  }
}
