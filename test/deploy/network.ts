import { selects, type Selector } from './references.js';
import type { Overlay, Pod } from './overlay.js';

type Peer = { podSelector?: Selector; namespaceSelector?: Selector; ipBlock?: { cidr?: string } };
type Rule = { peers?: Peer[]; ports?: { port?: string | number }[] };

/**
 * Whether the network policies allow a connection from one pod to another. Both sides must allow it: egress of `from` and
 * ingress of `to`. A side without any policy allows everything; otherwise one of its policies must match.
 */
export function mayConnect(overlay: Overlay, from: Pod, to: Pod, port: number) {
  const names = (to.spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
  const isPort = (wanted: string | number | undefined) =>
    wanted === port || names.some(({ name, containerPort }) => name === wanted && containerPort === port);
  const allows = (rules: Rule[], other: Pod) =>
    rules.some(
      ({ peers, ports }) =>
        (!ports || ports.some(({ port }) => isPort(port))) &&
        (!peers ||
          peers.some(
            ({ podSelector, namespaceSelector }) =>
              podSelector && !namespaceSelector && selects(podSelector, other.labels),
          )),
    );
  return allows(rulesOf(overlay, from, 'Egress'), to) && allows(rulesOf(overlay, to, 'Ingress'), from);
}

/** Whether the network policies allow a connection from a pod to an address outside of the cluster. */
export const mayConnectOutside = (overlay: Overlay, from: Pod, port: number) =>
  rulesOf(overlay, from, 'Egress').some(
    ({ peers, ports }) =>
      ports?.some((allowed) => allowed.port === port) && (!peers || peers.some(({ ipBlock }) => ipBlock)),
  );

function rulesOf(overlay: Overlay, { labels }: Pod, direction: 'Ingress' | 'Egress'): Rule[] {
  const policies = overlay
    .all('NetworkPolicy')
    .map(({ spec }) => spec!)
    .filter(
      ({ policyTypes, podSelector }) => policyTypes!.includes(direction) && selects(podSelector!, labels),
    );
  if (policies.length === 0) return [{}];
  return policies.flatMap(({ ingress = [], egress = [] }) =>
    direction === 'Ingress'
      ? ingress.map(({ from, ports }) => ({ peers: from, ports }))
      : egress.map(({ to, ports }) => ({ peers: to, ports })),
  );
}
