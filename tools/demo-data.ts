/** SKU, name, price in centavos, reorder point, opening stock. */
const PRODUCTS: [string, string, number, number, number][] = [
  ['CAF-250', 'Café torrado 250 g', 2490, 10, 100],
  ['CAF-500', 'Café torrado 500 g', 4590, 10, 80],
  ['CAF-1000', 'Café em grãos 1 kg', 8990, 5, 40],
  ['CAP-010', 'Cápsulas de café, caixa com 10', 2190, 20, 200],
  ['CHA-020', 'Chá mate, 20 saquinhos', 890, 15, 120],
  ['CHA-CAM', 'Chá de camomila, 15 saquinhos', 990, 15, 90],
  ['ACU-1000', 'Açúcar mascavo 1 kg', 1290, 10, 60],
  ['MEL-300', 'Mel silvestre 300 g', 2790, 8, 35],
  ['GEL-MOR', 'Geleia de morango 240 g', 1990, 8, 45],
  ['DOC-400', 'Doce de leite 400 g', 2390, 8, 50],
  ['CHO-070', 'Chocolate 70 % cacau 100 g', 1690, 20, 150],
  ['CHO-LEI', 'Chocolate ao leite 100 g', 1390, 20, 160],
  ['BRI-012', 'Brigadeiros, caixa com 12', 3600, 5, 3],
  ['PAO-QUE', 'Pão de queijo congelado 400 g', 1790, 12, 70],
  ['QUE-MIN', 'Queijo minas meia cura 500 g', 3490, 6, 25],
  ['GOI-500', 'Goiabada cascão 500 g', 1590, 8, 55],
  ['CAS-200', 'Castanha-do-pará 200 g', 3290, 10, 65],
  ['CAJ-200', 'Castanha de caju 200 g', 2990, 10, 75],
  ['GRA-500', 'Granola artesanal 500 g', 2290, 10, 48],
  ['AVE-500', 'Aveia em flocos 500 g', 790, 15, 110],
  ['CAN-325', 'Caneca de cerâmica 325 ml', 3990, 6, 30],
  ['COP-300', 'Copo térmico 300 ml', 7990, 4, 18],
  ['COA-102', 'Coador de cerâmica nº 102', 6490, 4, 15],
  ['FIL-102', 'Filtros de papel nº 102, 30 unidades', 690, 25, 300],
  ['PRE-600', 'Prensa francesa 600 ml', 12990, 3, 12],
  ['MOE-MAN', 'Moedor manual de café', 15990, 3, 9],
  ['BAL-002', 'Balança de precisão 2 kg', 9990, 3, 14],
  ['CHL-900', 'Chaleira bico de ganso 900 ml', 18990, 2, 7],
  ['AVT-001', 'Avental de algodão', 5490, 4, 22],
  ['CES-NAT', 'Cesta de presente', 24990, 2, 0],
];

export const SAMPLE_ORDER = {
  customer: { name: 'Ana Souza', email: 'ana@example.com' },
  items: [
    { product_id: 1, quantity: 2 },
    { product_id: 10, quantity: 1 },
  ],
  locale: 'pt-BR',
};

/** The API, and an API key for it. */
export interface DemoClient {
  url: string;
  token: string;
}

export async function isEmpty(api: DemoClient): Promise<boolean> {
  const { data } = (await request(api, 'GET', '/v1/products?limit=1')) as { data: unknown[] };
  return data.length === 0;
}

/**
 * Creates products with stock through the public API, one after another, so that their ids are 1 to 30.
 *
 * @returns the number of products
 */
export async function addDemoData(api: DemoClient): Promise<number> {
  for (const [sku, name, price, reorder_point, stock] of PRODUCTS) {
    const body = { sku, name, price, currency: 'BRL', reorder_point, active: true };
    const product = (await request(api, 'POST', '/v1/products', body)) as { id: number };
    if (stock === 0) continue;
    await request(api, 'POST', `/v1/products/${product.id}/stock/receipts`, {
      quantity: stock,
      reason: 'opening stock',
    });
  }
  return PRODUCTS.length;
}

export async function placeSampleOrder(api: DemoClient): Promise<void> {
  await request(api, 'POST', '/v1/orders', SAMPLE_ORDER);
}

async function request(api: DemoClient, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text}`);
  return JSON.parse(text);
}
