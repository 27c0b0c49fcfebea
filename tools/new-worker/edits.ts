import { isNode, parseAllDocuments, parseDocument } from 'yaml';
import { replace } from './replace.js';
import { userEdits } from './users.js';
import { NewWorkerError, type NewWorker } from './worker.js';

/** Reads a file of the repository by its path. */
export type ReadFile = (path: string) => string;

/**
 * Every edit inserts text and leaves the rest of the file as it is, comments and formatting included.
 *
 * @returns the new text of each existing file that the worker changes, by path
 * @throws NewWorkerError if a file has no place for the edit
 */
export function changedFiles(worker: NewWorker, read: ReadFile): Record<string, string> {
  const edits: Record<string, (text: string) => string> = {
    'apps/manifest.ts': (text) => addToManifest(text, worker),
    'nest-cli.json': (text) =>
      insertAfter(text, ['projects', worker.previous], nestProject(worker), { onSameLine: true }),
    '.env.example': (text) =>
      replace(
        text,
        new RegExp(`(\\b${worker.previous} \\d+)\\.$`, 'm'),
        `$1, ${worker.name} ${worker.port}.`,
      ),
    'docker-compose.yml': (text) => insertAfter(text, ['services', worker.previous], composeService(worker)),
    '.github/workflows/ci.yml': (text) => {
      const matrix = ['jobs', 'image', 'strategy', 'matrix', 'app'];
      const index = indexOfItem(text, matrix, (app) => app === worker.previous);
      return insertAfter(text, [...matrix, index], `, ${worker.name}`, { onSameLine: true });
    },
    [`${PROMETHEUS}/prometheus.yml`]: (text) =>
      copyItem(text, ['scrape_configs'], (item) => asRecord(item).job_name === worker.previous, worker),
    [`${PROMETHEUS}/alerts.yml`]: (text) => addAbsentAlert(text, worker),
    [`${PROMETHEUS}/alerts.test.yml`]: (text) => addUpSeries(text, worker),
    [`${KUBERNETES}/base/kustomization.yaml`]: (text) =>
      copyItem(text, ['resources'], (item) => item === worker.previous, worker),
    [`${KUBERNETES}/overlays/external/kustomization.yaml`]: (text) => addImage(text, worker),
    [PRODUCTION]: (text) => addImage(text, worker),
    [SCALING]: (text) => `${text.trimEnd()}\n---\n${scaledObject(worker)}`,
  };
  for (const [path, addUsers] of Object.entries(userEdits(worker))) {
    const edit = edits[path] ?? ((text) => text);
    edits[path] = (text) => addUsers(edit(text));
  }
  for (const { name } of worker.events)
    edits[`libs/domain/src/events/${name}.ts`] = (text) => bindQueue(text, worker);
  const changed = Object.fromEntries(
    Object.entries(edits).map(([path, edit]) => [path, edited(path, edit, read(path))]),
  );
  const settings = read(`${KUBERNETES}/base/kustomization.yaml`);
  const withConnections = edited(
    POSTGRES,
    (text) => raiseMaxConnections(text, settings, changed[SCALING]!),
    changed[POSTGRES]!,
  );
  return { ...changed, [POSTGRES]: withConnections };
}

const PROMETHEUS = 'deploy/observability/prometheus';
const KUBERNETES = 'deploy/kubernetes';
const PRODUCTION = `${KUBERNETES}/overlays/production/kustomization.yaml`;
const SCALING = `${KUBERNETES}/overlays/production/scaling.yaml`;
const POSTGRES = `${KUBERNETES}/overlays/production/postgres.yaml`;

const MAX_REPLICAS = 4;

function edited(path: string, edit: (text: string) => string, text: string): string {
  try {
    return edit(text);
  } catch (error) {
    throw new NewWorkerError(`${path} cannot be changed: ${(error as Error).message}`);
  }
}

function addToManifest(text: string, { name, events, port, queue }: NewWorker): string {
  const summary = `handles ${events.map((event) => event.name).join(' and ')}`;
  const entry = `{ name: '${name}', kind: 'worker', summary: '${summary}', port: ${port}, queue: '${queue}', requires: [] },`;
  return replace(text, /\n(\] as const satisfies readonly AppManifest\[\];)/, `\n${entry}\n$1`);
}

/** Binds the queue to an event, and has the watchdog republish the event until the queue's consumer has confirmed it. */
function bindQueue(text: string, { queue }: NewWorker): string {
  const bound = replace(text, /(\bconsumedBy: \[)([^\]]*)\]/, (_, start: string, queues: string) =>
    listWith(start, queues, queue),
  );
  return replace(bound, /(\bconfirmedBy: \[)([^\]]*)\]/, (_, start: string, queues: string) =>
    listWith(start, queues, queue),
  );
}

function listWith(start: string, items: string, item: string): string {
  const existing = items.trim().replace(/,$/, '');
  return `${start}${existing ? `${existing}, ` : ''}'${item}']`;
}

const nestProject = ({ name }: NewWorker) => `,
    "${name}": {
      "type": "application",
      "root": "apps/${name}",
      "entryFile": "apps/${name}/src/main",
      "sourceRoot": "apps/${name}/src",
      "compilerOptions": {
        "tsConfigPath": "apps/${name}/tsconfig.app.json"
      }
    }`;

const composeService = ({ name }: NewWorker) => `

  ${name}:
    <<: *app
    image: estoque-system/${name}
    build: { context: ., dockerfile: deploy/docker/Dockerfile, args: { APP: ${name} } }
    secrets:
      - { source: ${name.replaceAll('-', '_')}_database_url, target: /run/secrets/database_url }
      - { source: ${name.replaceAll('-', '_')}_rabbitmq_url, target: /run/secrets/rabbitmq_url }`;

function addAbsentAlert(text: string, { name, previous }: NewWorker): string {
  const line = new RegExp(`^( *or absent\\(up\\{job=")${previous}("\\}\\))$`, 'm');
  return replace(text, line, `$1${previous}$2\n$1${name}$2`);
}

/** Every test case in which the api is up has one process of every other app. */
function addUpSeries(text: string, { name }: NewWorker): string {
  const line = /^( *- \{ series: 'up\{job=")api(", instance=")api(:1"\}', values: '1x\d+' \})$/gm;
  return replace(text, line, `$&\n$1${name}$2${name}$3`);
}

function addImage(text: string, worker: NewWorker): string {
  return copyItem(
    text,
    ['images'],
    (item) => asRecord(item).name === `estoque-system/${worker.previous}`,
    worker,
  );
}

const scaledObject = ({ name, queue }: NewWorker) => `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/component: app
spec:
  scaleTargetRef:
    name: ${name}
  minReplicaCount: 2
  maxReplicaCount: ${MAX_REPLICAS}
  pollingInterval: 15
  # Applies while the queue length cannot be read from the broker.
  fallback:
    failureThreshold: 4
    replicas: 2
  triggers:
    - type: rabbitmq
      metadata:
        protocol: amqp
        queueName: ${queue}
        mode: QueueLength
        # Messages per replica. Not measured yet: this is the value of the other workers.
        value: '5000'
      authenticationRef:
        name: rabbitmq
`;

/** Connections of PostgreSQL that are kept for the operator, for replication and for administration. */
const SPARE_CONNECTIONS = 30;

/** Raises max_connections in postgres.yaml if the connection pools of all pods need it. */
function raiseMaxConnections(text: string, settings: string, scaling: string): string {
  const poolSize = Number(/DATABASE_POOL_SIZE=(\d+)/.exec(settings)![1]);
  const replicas = parseAllDocuments(scaling)
    .map((document) => document.toJS() as { spec: { maxReplicas?: number; maxReplicaCount?: number } })
    .map(({ spec }) => spec.maxReplicas ?? spec.maxReplicaCount ?? 0)
    .filter((max) => max > 0);
  // A roll-out adds one pod to each app.
  const needed = replicas.reduce((sum, max) => sum + (max + 1) * poolSize, SPARE_CONNECTIONS);
  const setting = /(\bmax_connections: ')(\d+)(')/;
  const current = setting.exec(text)?.[2];
  if (current !== undefined && needed <= Number(current)) return text;
  return replace(text, setting, `$1${Math.ceil(needed / 100) * 100}$3`);
}

type Path = (string | number)[];

/** Adds a copy of a list's item for the worker: the text of the app before it, with the name replaced. */
function copyItem(
  text: string,
  list: Path,
  isPrevious: (item: unknown) => boolean,
  { name, previous }: NewWorker,
): string {
  const index = indexOfItem(text, list, isPrevious);
  const [start, end] = rangeOf(text, [...list, index]);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const item = text.slice(lineStart, end).trimEnd().replaceAll(previous, name);
  return insertAfter(text, [...list, index], `\n${item}`);
}

/** Inserts text after a node of a YAML or JSON document: at the end of its last line, or directly after it. */
function insertAfter(text: string, path: Path, addition: string, { onSameLine = false } = {}): string {
  const [start, end] = rangeOf(text, path);
  const lastCharacter = start + text.slice(start, end).trimEnd().length;
  const lineEnd = text.indexOf('\n', lastCharacter);
  const position = onSameLine || lineEnd < 0 ? lastCharacter : lineEnd;
  return text.slice(0, position) + addition + text.slice(position);
}

function rangeOf(text: string, path: Path): [start: number, end: number] {
  const node = parseDocument(text, { merge: true }).getIn(path, true);
  if (!isNode(node) || !node.range) throw new Error(`it has no ${path.join('.')}`);
  return [node.range[0], node.range[1]];
}

function indexOfItem(text: string, list: Path, isWanted: (item: unknown) => boolean): number {
  const items = parseDocument(text, { merge: true }).toJS() as unknown;
  const found = list.reduce<unknown>((value, key) => asRecord(value)[key], items);
  const index = Array.isArray(found) ? found.findIndex(isWanted) : -1;
  if (index < 0) throw new Error(`its list ${list.join('.')} does not have the last app of apps/manifest.ts`);
  return index;
}

const asRecord = (value: unknown) => (value ?? {}) as Record<string | number, unknown>;
