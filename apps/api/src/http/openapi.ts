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
  return { ...document, security: [] };
}
