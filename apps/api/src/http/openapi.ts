import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { completeDocument } from './openapi-completion.js';

/** Builds the OpenAPI document, which is served at /openapi.json and committed as docs/openapi.json. */
export function openApiDocument(app: INestApplication) {
  const config = new DocumentBuilder()
    .setTitle('estoque-system API')
    .setDescription(
      'Accepts orders and processes them asynchronously: stock is reserved, then deducted and recorded in the stock ledger, and the customer is notified by e-mail. ' +
        'Amounts of money are in minor units (cents) with an ISO 4217 currency. Errors are RFC 9457 problem documents with a stable `code`. ' +
        'A method that a path does not support is answered with 405 and the header `Allow`.',
    )
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth(
      {
        type: 'http',
        description:
          'A token (JWT) of the identity provider, or an API key (`est_live_...`). Each operation names the scope that it requires, for programs in `x-required-scope`; docs/access.md lists the scopes of the roles.',
        bearerFormat: 'JWT or API key',
      },
      'bearer',
    )
    .addTag('orders', 'Place, track and cancel orders')
    .addTag('products', 'Product catalogue')
    .addTag('stock', 'Stock levels and the stock ledger')
    .addTag('notifications', 'Mails to customers and low-stock alerts')
    .addTag('payments', 'Payments of orders, and refunds')
    .addTag('webhooks', 'Events that are sent to other systems by HTTP')
    .addTag('session', 'Who calls the API, and what they may do')
    .addTag('api-keys', 'Keys by which services call the API')
    .addTag('customers', 'Export and erasure of personal data')
    .addTag('operations', 'Dead letters, stuck orders, outbox, reconciliation of the stock ledger, audit log')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  // Health and metrics routes belong to every process and are not part of the API contract. They are filtered out here:
  // with a decorator on their controllers the workers would load Swagger, which is two fifths of the files they load.
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/'));
  return completeDocument({ ...document, paths: Object.fromEntries(paths), security: [] });
}
