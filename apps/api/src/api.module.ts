import { DomainModule } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { NotificationsController } from './notifications/notifications.controller.js';
import { NotificationsService } from './notifications/notifications.service.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { ProductsController } from './products/products.controller.js';
import { ProductsService } from './products/products.service.js';
import { StockController } from './stock/stock.controller.js';
import { StockService } from './stock/stock.service.js';

@Module({
  imports: [DomainModule.for()],
  controllers: [OrdersController, ProductsController, StockController, NotificationsController],
  providers: [OrdersService, ProductsService, StockService, NotificationsService],
})
export class ApiModule {}
