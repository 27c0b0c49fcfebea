import { UnitOfWork, type EventOf } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { ENVIRONMENT, traceContextOf, traceparentOf, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { MailSenderService } from './mail-sender.service.js';

type Changes = EventOf<'stock.updated'>['items'];
type Outcome = 'recorded' | 'duplicate' | 'ignored';

@Injectable()
export class StockAlertService {
  private readonly batcher = new MicroBatcher<Changes, Outcome>((batch) => this.alertAll(batch));
  private readonly recipient?: string;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sender: MailSenderService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.recipient = environment.STOCK_ALERT_EMAIL;
  }

  /**
   * Records a low-stock alert for each product whose stock fell from above its reorder point to the reorder point or
   * below. The alert is recorded once per movement, so that a redelivered event sends no second mail.
   *
   * @param changes the items of one `stock.updated` event
   * @returns `duplicate` if an earlier delivery recorded the alerts; `ignored` if no stock fell to its reorder point or
   * no recipient is configured
   */
  async alert(changes: Changes): Promise<Outcome> {
    return this.recipient ? this.batcher.add(changes) : 'ignored';
  }

  private async alertAll(batch: Changes[]): Promise<Outcome[]> {
    const products = new Set(batch.flat().map(({ product_id }) => product_id));
    const reorderPoints = await this.unitOfWork.read.products.reorderPoints([...products]);
    const isLow = ({ product_id, quantity, on_hand }: Changes[number]) => {
      const reorderPoint = reorderPoints.get(product_id) ?? -1;
      return on_hand <= reorderPoint && on_hand - quantity > reorderPoint;
    };
    const lowStockMovements = batch.map((changes) =>
      changes.filter(isLow).map(({ movement_id }) => movement_id),
    );
    const changesByMovement = new Map(
      lowStockMovements.flatMap((movements, index) => movements.map((id) => [id, batch[index]!])),
    );
    const recorded = await this.record(changesByMovement);
    if (recorded.size > 0) this.sender.sendSoon();
    return lowStockMovements.map((movements) => {
      if (movements.length === 0) return 'ignored';
      return movements.some((id) => recorded.delete(id)) ? 'recorded' : 'duplicate';
    });
  }

  /**
   * Records one alert for each movement.
   *
   * @param changesByMovement by movement id: the items of the event that contains the movement. They identify the trace
   * of that event.
   * @returns the ids of the movements whose alert was not recorded before
   */
  private async record(changesByMovement: Map<number, Changes>): Promise<Set<number>> {
    const recipient = this.recipient!;
    const movements = [...changesByMovement.keys()];
    if (movements.length === 0) return new Set();
    const isNew = await this.unitOfWork.inTransaction(({ notifications }) =>
      notifications.record(
        movements.map((movement_id) => {
          const traceparent = traceparentOf(traceContextOf(changesByMovement.get(movement_id)));
          return { movement_id, kind: 'low_stock', recipient, locale: 'en', traceparent };
        }),
      ),
    );
    return new Set(movements.filter((_, index) => isNew[index]));
  }
}
