import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A V8 CPU profile: a call tree, and samples of the running node with the time since the previous one in microseconds. */
interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  children?: number[];
}

const MAX_ROWS = 14;

/** The file that the process of an app was started with: its bundle, or the module of an older build. */
const APP_FILE = /\/dist\/(?:bundles|apps)\/((?!own-|packages-)[a-z-]+)(?:\.js|\/src\/main\.js)$/;

/** Lists, for each process, the packages and functions that used most of its busy time, with their shares. */
export function formatProfiles(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  return files.map((name) => formatProfile(readFileSync(join(folder, name), 'utf8'))).join('\n');
}

function formatProfile(text: string): string {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as Profile;
  const app = nodes.map(({ callFrame }) => APP_FILE.exec(callFrame.url)?.[1]).find(Boolean) ?? '?';
  locateSources(nodes);
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [packages, functions] = [new Map<string, number>(), new Map<string, number>()];
  const batchNodes = findBatchNodes(nodes);
  let busy = 0;
  const firstSample = samples.findIndex((id) => batchNodes.has(id));
  const deltas = timeDeltas.slice(firstSample);
  samples.slice(firstSample).forEach((id, index) => {
    const { functionName, url, lineNumber } = frames.get(id)!;
    if (functionName === '(idle)') return;
    const time = deltas[index]!;
    busy += time;
    const owner = ownerOf(url, functionName);
    const name = `${owner} ${functionName || '(anonymous)'}${url ? ` ${basename(url)}:${lineNumber + 1}` : ''}`;
    packages.set(owner, (packages.get(owner) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
  });
  const topRows = (times: Map<string, number>) =>
    [...times]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, MAX_ROWS)
      .map(([name, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`);
  return [
    `${app}: busy for ${(busy / 1e6).toFixed(1)} s`,
    ...topRows(packages),
    '  --',
    ...topRows(functions),
  ].join('\n');
}

/** Replaces the positions in bundles by those in their sources. */
function locateSources(nodes: ProfileNode[]): void {
  const maps = new Map<string, SourceMap | undefined>();
  for (const { callFrame } of nodes) {
    const { url, lineNumber, columnNumber } = callFrame;
    if (!maps.has(url)) maps.set(url, sourceMapOf(url));
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
    if (!entry || !('originalSource' in entry)) continue;
    callFrame.url = new URL(entry.originalSource, url).href;
    callFrame.lineNumber = entry.originalLine;
  }
}

function sourceMapOf(url: string): SourceMap | undefined {
  const file = url.includes('/dist/bundles/') ? `${fileURLToPath(url)}.map` : '';
  return existsSync(file)
    ? new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload)
    : undefined;
}

/** Nodes of the work on batches of orders. Samples before the first of them belong to the start of the process. */
function findBatchNodes(nodes: ProfileNode[]): Set<number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Set<number>();
  const addWithDescendants = ({ id, children = [] }: ProfileNode) => {
    found.add(id);
    for (const child of children) addWithDescendants(byId.get(child)!);
  };
  for (const node of nodes) if (isMicroBatcherMethod(node)) addWithDescendants(node);
  return found;
}

/** Excludes the constructor and the module's own code, which run during the start. */
function isMicroBatcherMethod({ callFrame: { functionName, url } }: ProfileNode): boolean {
  return (
    /\/libs\/\w+\/src\/(?:.*\/)?micro-batcher\.[jt]s$/.test(url) &&
    !['', 'MicroBatcher'].includes(functionName)
  );
}

/** Package name, library or app of the project, `node`, or V8's name of the sample, such as `(garbage collector)`. */
function ownerOf(url: string, functionName: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (inPackage) return inPackage[1]!;
  const inProject = /\/((?:apps|libs)\/[^/]+)\/src\//.exec(url);
  if (inProject) return inProject[1]!;
  return url ? 'node' : functionName;
}
