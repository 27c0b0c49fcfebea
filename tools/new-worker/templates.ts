import { secretFiles } from './users.js';
import type { NewWorker, WorkerEvent } from './worker.js';

/** @returns the text of each file that the worker adds, by path; prettier formats them afterwards */
export function newFiles(worker: NewWorker): Record<string, string> {
  const { name, base } = worker;
  const source = `apps/${name}/src`;
  return {
    [`apps/${name}/tsconfig.app.json`]: tsconfig(worker),
    [`${source}/main.ts`]: mainFile(worker),
    [`${source}/${name}.module.ts`]: nestModule(worker),
    [`${source}/${base}.consumer.ts`]: consumer(worker),
    [`${source}/${base}.service.ts`]: service(worker),
    [`${source}/${base}.service.spec.ts`]: serviceSpec(worker),
    [`test/journeys/${name}.spec.ts`]: journeySpec(worker),
    [`deploy/kubernetes/base/${name}/kustomization.yaml`]: kustomization(worker),
    ...secretFiles(worker),
  };
}

const forEachEvent = ({ events }: NewWorker, template: (event: WorkerEvent) => string) =>
  events.map(template).join('\n');

const tsconfig = ({ name }: NewWorker) => `{
  "extends": "../../tsconfig.json",
  "compilerOptions": {
    "rootDir": "../..",
    "outDir": "../../dist",
    "tsBuildInfoFile": "../../dist/${name}.tsbuildinfo",
    "types": ["node"]
  },
  "include": ["src/**/*.ts"],
  "exclude": ["**/*.spec.ts", "**/*.int-spec.ts"]
}
`;

const mainFile = ({ name, className }: NewWorker) => `import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { ${className}WorkerModule } from './${name}.module.js';

await startWorker(${className}WorkerModule, { ...appManifest('${name}'), transport: EventTransport });
`;

const nestModule = ({
  name,
  base,
  className,
}: NewWorker) => `import { DomainModule, dryRunsOf, type UnitOfWork } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { ${className}Consumer } from './${base}.consumer.js';
import { ${className}Service } from './${base}.service.js';

@Module({
  imports: [DomainModule.for(appManifest('${name}'))],
  controllers: [${className}Consumer],
  providers: [
    ${className}Service,
    dryRunsOf(
      appManifest('${name}').queue,
      [],
      () => (unitOfWork: UnitOfWork) => new ${className}Consumer(new ${className}Service(unitOfWork)),
    ),
  ],
})
export class ${className}WorkerModule {}
`;

const consumer = (worker: NewWorker) => `import type { EventOf } from '@estoque/domain';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ${worker.className}Service } from './${worker.base}.service.js';

@Controller()
export class ${worker.className}Consumer {
  constructor(private readonly service: ${worker.className}Service) {}
${forEachEvent(
  worker,
  ({ name, className }) => `
  @EventPattern<string>('${name}')
  on${className}(@Payload() order: EventOf<'${name}'>) {
    return this.service.handle${className}(order);
  }`,
)}
}
`;

const service = (worker: NewWorker) => `import { UnitOfWork, type EventOf } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';

${forEachEvent(worker, ({ name, className }) => `type ${className} = EventOf<'${name}'>;`)}
type Outcome = 'confirmed' | 'duplicate';

@Injectable()
export class ${worker.className}Service {
${forEachEvent(
  worker,
  ({ className }) => `
  private readonly ${uncapitalized(className)}Batcher = new MicroBatcher<${className}, Outcome>(
    (batch) => this.handle${className}Batch(batch),
    { keyOf: ({ order_id }) => order_id },
  );`,
)}

  constructor(private readonly unitOfWork: UnitOfWork) {}
${forEachEvent(
  worker,
  ({ name, className }) => `
  /** Handles one \`${name}\`. @returns \`duplicate\` if an earlier delivery was handled; then nothing is written */
  handle${className}(order: ${className}): Promise<Outcome> {
    return this.${uncapitalized(className)}Batcher.add(order);
  }`,
)}
${forEachEvent(
  worker,
  ({ name, className }) => `
  private handle${className}Batch(batch: ${className}[]): Promise<Outcome[]> {
    const orderIds = batch.map(({ order_id }) => order_id);
    return this.unitOfWork.inTransaction(async ({ orders }) => {
      const confirmed = await orders.confirm({ event: '${name}' }, '${worker.queue}', orderIds);
      // The writes of this worker go here, for the confirmed orders only: the others are duplicates.
      return orderIds.map((id) => (confirmed.has(id) ? 'confirmed' : 'duplicate'));
    });
  }`,
)}
}
`;

const serviceSpec = (worker: NewWorker) => `import { catalogue, type UnitOfWork } from '@estoque/domain';
import { ${worker.className}Service } from './${worker.base}.service.js';

/** The service with a unit of work that has no database: the first confirmation of an order succeeds. */
function serviceWithoutDatabase() {
  const unconfirmed = new Set([1, 2, 3]);
  const confirm = jest.fn((_event: string, _queue: string, orderIds: number[]) =>
    Promise.resolve(new Set(orderIds.filter((id) => unconfirmed.delete(id)))),
  );
  const unitOfWork = {
    inTransaction: <Result>(work: (transaction: object) => Promise<Result>) => work({ orders: { confirm } }),
  };
  return { service: new ${worker.className}Service(unitOfWork as unknown as UnitOfWork), confirm };
}

describe('${worker.className}Service', () => {
${forEachEvent(
  worker,
  ({ name, className }) => `
  describe('with ${name}', () => {
    const order = (order_id: number) => ({ ...catalogue['${name}'].example, order_id });

    it('handles an order once, however often its event is delivered', async () => {
      const { service } = serviceWithoutDatabase();
      expect(await service.handle${className}(order(1))).toBe('confirmed');
      expect(await service.handle${className}(order(1))).toBe('duplicate');
    });

    it('handles the orders that arrive together in one transaction', async () => {
      const { service, confirm } = serviceWithoutDatabase();
      await Promise.all([1, 2, 3].map((id) => service.handle${className}(order(id))));
      expect(confirm.mock.calls).toEqual([[{ event: '${name}' }, '${worker.queue}', [1, 2, 3]]]);
    });
  });`,
)}
});
`;

/** By event: code that makes the apps publish it, and defines the `id` of its order. */
const ORDER_IN_STOCK = `
    const product_id = await system.createProduct(10);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);`;
const CAUSES: Record<string, string> = {
  'order.created': ORDER_IN_STOCK,
  'stock.reserve': ORDER_IN_STOCK,
  'order.processed': ORDER_IN_STOCK,
  'order.rejected': `
    const product_id = await system.createProduct(0);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);`,
  'order.cancelled': `
    // Without order-worker the order stays pending and can be cancelled.
    await system.process('order-worker').stop();
    const product_id = await system.createProduct(10);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.request('POST', \`/v1/orders/\${id}/cancel\`);`,
};
/**
 * For any other event: the test publishes it twice. The outcome of the first delivery depends on the order, so only that of
 * the second delivery is checked.
 */
const PUBLISHED_BY_HAND = `
    const product_id = await system.createProduct(10);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);`;

const journeySpec = (worker: NewWorker) => `import { catalogue } from '@estoque/domain';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

describe('${worker.name}', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start();
  });
  afterAll(() => system.stop());

  /** The outcome of each delivery of an event for one order. */
  const outcomesOf = (event: string, id: number) =>
    system
      .process('${worker.name}')
      .handledEvents(event)
      .filter(({ order_id }) => order_id === id)
      .map(({ outcome }) => outcome);
  const deliver = (event: keyof typeof catalogue, order_id: number) =>
    system.externalClient.publish(event, { ...catalogue[event].example, event, order_id });
${forEachEvent(worker, ({ name }) => (CAUSES[name] ? journey(name, CAUSES[name]) : journeyByHand(name)))}
});
`;

const journey = (event: string, cause: string) => `
  it('handles ${event} once, however often it is delivered', async () => {${cause}
    await until('the event to be handled', () => outcomesOf('${event}', id).length === 1);
    await deliver('${event}', id);
    await until('the duplicate to be handled', () => outcomesOf('${event}', id).length === 2);
    expect(outcomesOf('${event}', id)).toEqual(['confirmed', 'duplicate']);
  });`;

const journeyByHand = (event: string) => `
  it('handles ${event}', async () => {${PUBLISHED_BY_HAND}
    for (const deliveries of [1, 2]) {
      await deliver('${event}', id);
      await until('the event to be handled', () => outcomesOf('${event}', id).length === deliveries);
    }
    expect(outcomesOf('${event}', id)[1]).toBe('duplicate');
  });`;

const kustomization = ({ name, base }: NewWorker) => `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../worker
namePrefix: ${base}-
labels:
  - pairs:
      app.kubernetes.io/name: ${name}
      app.kubernetes.io/component: app
    includeSelectors: true
images:
  - name: estoque-system/worker
    newName: estoque-system/${name}
patches:
  - target:
      kind: Deployment
    patch: |-
      # Not measured yet: this is the request of order-worker.
      - op: add
        path: /spec/template/spec/containers/0/resources/requests/cpu
        value: 250m
      - op: add
        path: /spec/template/spec/volumes
        value:
          - name: database
            secret:
              secretName: database-${name}
          - name: broker
            secret:
              secretName: broker-${name}
`;

const uncapitalized = (text: string) => text[0]!.toLowerCase() + text.slice(1);
