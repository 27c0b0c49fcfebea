import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The OpenAPI document: served at /openapi.json, committed as docs/openapi.json. */
export function openApiDocument(app: INestApplication) {
  const config = new DocumentBuilder()
    .setTitle('estoque-system API')
    .setDescription(
      'Takes orders and processes them asynchronously: stock is reserved, deducted and booked, and the customer is told by e-mail. ' +
        'Money is in minor units (cents) with an ISO 4217 currency. Errors are RFC 9457 problem documents with a stable `code`.',
    )
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'this server')
    .addTag('orders', 'Orders, and how far they are')
    .addTag('products', 'What is sold')
    .addTag('stock', 'How much there is of it, and its books')
    .addTag('notifications', 'The mails that were sent')
    .addTag('operations', 'What needs somebody to look at it')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  // Health and metrics are every process's, and no part of what clients are promised. Their controllers can't say so
  // themselves: the workers, which have them too, would load Swagger for it, two files of five that they load.
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/'));
  return { ...document, paths: Object.fromEntries(paths), security: [] };
}
