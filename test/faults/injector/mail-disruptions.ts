/** A period in which notify-worker could send a mail without recording that it sent it. Times are milliseconds. */
export interface MailDisruption {
  from: number;
  to: number;
}

/** A mail that was sent during a disruption may be sent twice; any other duplicate mail violates a guarantee. */
export class MailDisruptions {
  readonly list: MailDisruption[] = [];

  /** @returns a function that ends the disruption */
  begin(): () => void {
    const disruption = { from: Date.now(), to: Infinity };
    this.list.push(disruption);
    return () => void (disruption.to = Date.now());
  }

  /** Records a disruption without duration, as a kill is. */
  recordMoment() {
    this.begin()();
  }
}
