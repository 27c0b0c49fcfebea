import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What V8 writes: a tree of calls, and by turns the leaf that was running and for how long, in microseconds. */
interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: number[];
  }[];
  samples: number[];
  timeDeltas: number[];
}

const MOST = 14;

/** For each process the packages, and the functions, in which its time went: the shares of what it was busy. */
export function drawProfiles(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  return files.map((name) => drawProfile(readFileSync(join(folder, name), 'utf8'))).join('\n');
}

function drawProfile(text: string): string {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as Profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [packages, functions] = [new Map<string, number>(), new Map<string, number>()];
  const begun = firstBatch(nodes);
  let [busy, app] = [0, '?'];
  const from = samples.findIndex((id) => begun.has(id));
  const later = timeDeltas.slice(from);
  samples.slice(from).forEach((id, index) => {
    const { functionName, url, lineNumber } = frames.get(id)!;
    if (functionName === '(idle)') return;
    const time = later[index]!;
    busy += time;
    const owner = ownerOf(url, functionName);
    const name = `${owner} ${functionName || '(anonymous)'}${url ? ` ${basename(url)}:${lineNumber + 1}` : ''}`;
    packages.set(owner, (packages.get(owner) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
  });
  for (const { url } of frames.values()) app = /dist\/apps\/([^/]+)\/src\/main/.exec(url)?.[1] ?? app;
  const top = (times: Map<string, number>) =>
    [...times]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, MOST)
      .map(([name, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`);
  return [`${app}: busy for ${(busy / 1e6).toFixed(1)} s`, ...top(packages), '  --', ...top(functions)].join(
    '\n',
  );
}

/** Calls on behalf of a batch of orders: what comes before the first of them is the start. */
function firstBatch(nodes: Profile['nodes']): Set<number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Set<number>();
  const add = ({ id, children = [] }: Profile['nodes'][0]) => {
    found.add(id);
    for (const child of children) add(byId.get(child)!);
  };
  for (const node of nodes) if (node.callFrame.functionName === 'workOff') add(node);
  return found;
}

/** The package, our own library or app, or what V8 and Node do by themselves. */
function ownerOf(url: string, functionName: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (inPackage) return inPackage[1]!;
  const own = /dist\/((?:apps|libs)\/[^/]+)/.exec(url);
  if (own) return own[1]!;
  return url ? 'node' : functionName;
}
