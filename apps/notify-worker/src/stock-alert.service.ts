import { UnitOfWork, type EventOf, type Locale } from '@estoque/domain';
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
  private readonly locale: Locale;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(MailSenderService) private readonly sender: Pick<MailSenderService, 'sendSoon'>,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.recipient = environment.STOCK_ALERT_EMAIL;
    this.locale = environment.STOCK_ALERT_LOCALE;
  }

  /**
   * Records a low-stock alert for each movement that lowered the stock of its product from above the reorder point to the
   * reorder point or below, if the stock has not been above it since. The ledger decides that: the event may be forged,
   * late or a duplicate. The alert is recorded once per movement, so that a redelivered event sends no second mail.
   *
   * @param changes the items of one `stock.updated` event; only their movement ids are read
   * @returns `duplicate` if an earlier delivery recorded the alerts; `ignored` if no stock fell to its reorder point or no
   * recipient is configured
   */
  async alert(changes: Changes): Promise<Outcome> {
    return this.recipient ? this.batcher.add(changes) : 'ignored';
  }

  private async alertAll(batch: Changes[]): Promise<Outcome[]> {
    const changesByMovement = new Map(
      batch.flatMap((changes) => changes.map(({ movement_id }) => [movement_id, changes])),
    );
    const crossings = await this.unitOfWork.read.stock.reorderPointCrossings([...changesByMovement.keys()]);
    const outcomes = await this.record(crossings, changesByMovement);
    if ([...outcomes.values()].includes('recorded')) this.sender.sendSoon();
    return batch.map((changes) => {
      const own = changes.flatMap(({ movement_id }) => outcomes.get(movement_id) ?? []);
      // The next event of the batch with the same movement is a duplicate.
      for (const { movement_id } of changes)
        if (outcomes.has(movement_id)) outcomes.set(movement_id, 'duplicate');
      return (['recorded', 'duplicate'] as const).find((outcome) => own.includes(outcome)) ?? 'ignored';
    });
  }

  /**
   * Records one alert for each movement.
   *
   * @param changesByMovement by movement id: the items of the event that contains the movement. They identify the trace
   * of that event.
   * @returns the outcome of each movement
   */
  private async record(
    movements: number[],
    changesByMovement: Map<number, Changes>,
  ): Promise<Map<number, Outcome>> {
    if (movements.length === 0) return new Map();
    const { locale } = this;
    const recipient = this.recipient!;
    const alerts = movements.map((movement_id) => {
      const traceparent = traceparentOf(traceContextOf(changesByMovement.get(movement_id)));
      return { movement_id, kind: 'low_stock' as const, recipient, locale, traceparent };
    });
    const isNew = await this.unitOfWork.inTransaction(({ notifications }) => notifications.record(alerts));
    return new Map(movements.map((movement, index) => [movement, isNew[index] ? 'recorded' : 'duplicate']));
  }
}
