import { UnitOfWork, type EventOf } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { traceContextOf, ENVIRONMENT, traceparentOf, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { MailSenderService } from './mail-sender.service.js';

type Changes = EventOf<'stock.updated'>['items'];
type Outcome = 'recorded' | 'duplicate' | 'ignored';

@Injectable()
export class StockAlertService {
  private readonly batcher = new MicroBatcher<Changes, Outcome>((changes) => this.alertAll(changes));
  private readonly recipient?: string;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sender: MailSenderService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.recipient = environment.STOCK_ALERT_EMAIL;
  }

  /**
   * Records a mail to the shop for each product that this change brought down to its reorder point: on the way down
   * only, and once for the movement that did it, however often the event arrives.
   */
  async alert(changes: Changes): Promise<Outcome> {
    return this.recipient ? this.batcher.add(changes) : 'ignored';
  }

  private async alertAll(all: Changes[]): Promise<Outcome[]> {
    const products = new Set(all.flat().map(({ product_id }) => product_id));
    const points = await this.unitOfWork.read.products.reorderPoints([...products]);
    const isLow = ({ product_id, quantity, on_hand }: Changes[number]) => {
      const reorderPoint = points.get(product_id) ?? -1;
      return on_hand <= reorderPoint && on_hand - quantity > reorderPoint;
    };
    const low = all.map((changes) => changes.filter(isLow).map(({ movement_id }) => movement_id));
    const causes = new Map(low.flatMap((movements, of) => movements.map((id) => [id, all[of]!])));
    const recorded = await this.record(causes);
    if (recorded.size > 0) this.sender.sendSoon();
    return low.map((movements) => {
      if (movements.length === 0) return 'ignored';
      return movements.some((id) => recorded.delete(id)) ? 'recorded' : 'duplicate';
    });
  }

  /** @param causes movements with the message that told of each @returns the movements whose mail is new */
  private async record(causes: Map<number, Changes>): Promise<Set<number>> {
    const [recipient, movements] = [this.recipient!, [...causes.keys()]];
    if (movements.length === 0) return new Set();
    const isNew = await this.unitOfWork.inTransaction(({ notifications }) =>
      notifications.record(
        movements.map((movement_id) => {
          const traceparent = traceparentOf(traceContextOf(causes.get(movement_id)));
          return { movement_id, kind: 'low_stock', recipient, locale: 'en', traceparent };
        }),
      ),
    );
    return new Set(movements.filter((_, index) => isNew[index]));
  }
}
