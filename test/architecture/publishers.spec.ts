import { catalogue, parseConfirmation, pendingConfirmationsOf } from '@estoque/domain';
import { sep } from 'node:path';
import ts from 'typescript';
import { APP_NAMES, WORKERS } from '../../apps/manifest.js';

type Declaration = 'publishedBy' | 'republishedBy';
interface Publication {
  app: string;
  declaration: Declaration;
  event: string;
}

/**
 * Every call of an outbox in the apps. The compiler gives the type of the first argument, so that a call with a
 * variable counts for each event that the variable can hold.
 */
function publicationsIn(program: ts.Program): Publication[] {
  const checker = program.getTypeChecker();
  const publications: Publication[] = [];
  for (const source of program.getSourceFiles()) {
    const app = /^apps\/([^/]+)\/src\/.+(?<!spec)\.ts$/.exec(relative(source.fileName))?.[1];
    if (!app) continue;
    const visit = (node: ts.Node) => {
      ts.forEachChild(node, visit);
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const { name, expression: target } = node.expression;
      if (checker.getTypeAtLocation(target).symbol?.name !== 'Outbox') return;
      const declaration = { add: 'publishedBy', republish: 'republishedBy' }[name.text] as Declaration;
      const type = checker.getTypeAtLocation(node.arguments[0]!);
      for (const literal of type.isUnion() ? type.types : [type])
        publications.push({ app, declaration, event: (literal as ts.StringLiteralType).value });
    };
    visit(source);
  }
  return publications;
}

const relative = (file: string) => file.slice(process.cwd().length + 1).replaceAll(sep, '/');

/** Both programs of this file read the same sources. */
const sources = new Map<string, ts.SourceFile | undefined>();

function compile(files: Record<string, string> = {}): ts.Program {
  const { config } = ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const entries = APP_NAMES.map((app) => `${process.cwd()}/apps/${app}/src/main.ts`);
  const host = ts.createCompilerHost(options);
  const [readFile, fileExists] = [host.readFile.bind(host), host.fileExists.bind(host)];
  host.readFile = (file) => files[relative(file)] ?? readFile(file);
  host.fileExists = (file) => relative(file) in files || fileExists(file);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) => {
    if (!sources.has(file)) sources.set(file, parse(file, ...rest));
    return sources.get(file);
  };
  const added = Object.keys(files).map((file) => `${process.cwd()}/${file}`);
  return ts.createProgram([...entries, ...added], { ...options, noEmit: true }, host);
}

describe('Event contracts', () => {
  let publications: Publication[];
  beforeAll(() => void (publications = publicationsIn(compile())), 120_000);

  const appsThat = (declaration: Declaration, event: string) =>
    new Set(
      publications
        .filter((publication) => publication.declaration === declaration && publication.event === event)
        .map(({ app }) => app),
    );

  it.each(Object.values(catalogue))('$name declares exactly the apps that publish it', (event) => {
    expect(appsThat('publishedBy', event.name)).toEqual(new Set(event.publishedBy));
    expect(event.publishedBy.length).toBeGreaterThan(0);
  });

  it.each(Object.values(catalogue))('$name declares exactly the apps that republish it', (event) => {
    expect(appsThat('republishedBy', event.name)).toEqual(new Set(event.republishedBy));
  });

  it.each(Object.values(catalogue))('$name is confirmed by queues that consume it', (event) => {
    expect(event.consumedBy).toEqual(expect.arrayContaining([...event.confirmedBy]));
    // The watchdog republishes an event until it is confirmed.
    if (event.confirmedBy.length > 0) expect(event.republishedBy.length).toBeGreaterThan(0);
  });

  it('contain only queues that an app consumes, and all of them', () => {
    const queues = new Set(Object.values(catalogue).flatMap(({ consumedBy }) => consumedBy));
    expect(queues).toEqual(new Set(WORKERS.map(({ queue }) => queue)));
  });

  it('result in one confirmation for each event and queue', () => {
    expect(pendingConfirmationsOf([{ event: 'order.created' }, { event: 'order.processed' }])).toContain(
      'order.processed:notify_queue',
    );
    expect(pendingConfirmationsOf([{ event: 'stock.updated' }])).toEqual([]);
    const [shipped] = pendingConfirmationsOf([{ event: 'order.shipped', subject_id: 17 }]);
    expect(shipped).toBe('order.shipped:notify_queue:17');
    expect(parseConfirmation(shipped!)).toEqual({
      event: 'order.shipped',
      queue: 'notify_queue',
      subject_id: 17,
    });
  });
});

describe('An undeclared publication', () => {
  const service = (app: string, declarations: string, call: string) => `
    import type { EventName, UnitOfWork } from '@estoque/domain';
    declare const unitOfWork: UnitOfWork<'${app}'>;
    ${declarations}
    export const publish = () => unitOfWork.inTransaction(({ outbox }) => Promise.resolve(${call}));`;
  const files = {
    'apps/stock-worker/src/other-app.service.ts': service(
      'order-worker',
      "declare const event: 'order.rejected' | 'stock.reserve';",
      'outbox.add(event, {} as never)',
    ),
    'apps/api/src/undeclared.service.ts': service('api', '', "outbox.add('order.processed', {} as never)"),
    'apps/api/src/republished.service.ts': service(
      'api',
      '',
      "outbox.republish('order.created', {} as never)",
    ),
  };
  let program: ts.Program;
  beforeAll(() => void (program = compile(files)), 120_000);

  const errorsIn = (file: keyof typeof files) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(`${process.cwd()}/${file}`))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

  it('is found if a service uses the unit of work of another app and passes a variable', () => {
    const found = publicationsIn(program).filter(({ app }) => app === 'stock-worker');
    const events = found.map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['order.rejected', 'stock.reserve']));
    expect(errorsIn('apps/stock-worker/src/other-app.service.ts')).toEqual([]);
  });

  it.each([
    ['apps/api/src/undeclared.service.ts', 'order.processed'],
    ['apps/api/src/republished.service.ts', 'order.created'],
  ] as const)('does not compile in %s', (file, event) => {
    expect(errorsIn(file)).toEqual([expect.stringContaining(`'"${event}"' is not assignable`)]);
  });
});
