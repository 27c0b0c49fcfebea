import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf } from '@estoque/messaging';
import type { IContainer } from 'kubernetes-models/v1';
import { mountedSecretOf, type Labels, type Overlay, type Pod } from './overlay.js';

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether a selector matches these labels. An empty selector matches everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels) {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator !== 'In') throw new Error(`the test does not support the operator ${operator}`);
      return values!.includes(labels[key] ?? '');
    })
  );
}

/** Finds references in an overlay whose target does not exist. @returns a line for each */
export function findReferenceProblems(overlay: Overlay): string[] {
  return [
    ...overlay.pods.flatMap((pod) => findPodProblems(overlay, pod)),
    ...findWorkloadProblems(overlay),
    ...findServiceProblems(overlay),
    ...findSelectorProblems(overlay),
    ...findScalingProblems(overlay),
  ];
}

function findPodProblems(overlay: Overlay, { name, spec }: Pod): string[] {
  if (!spec) return [];
  const accounts = overlay.all('ServiceAccount').map(({ metadata }) => metadata.name);
  const account = spec.serviceAccountName;
  return [
    ...(account && !accounts.includes(account) ? [`${name}: no service account ${account}`] : []),
    ...spec.containers
      .flatMap((container) => [
        ...findSettingProblems(overlay, container),
        ...findSecretFileProblems(overlay, spec, container),
        ...(container.volumeMounts ?? [])
          .filter((mount) => !volumesOf(overlay, name, spec).includes(mount.name))
          .map((mount) => `no volume ${mount.name}`),
        ...[container.startupProbe, container.livenessProbe, container.readinessProbe]
          .map((probe) => probe?.httpGet?.port)
          .filter((port) => port !== undefined && !portsOf(container).includes(port))
          .map((port) => `no port ${port} for a probe`),
      ])
      .map((problem) => `${name}: ${problem}`),
  ];
}

const portsOf = ({ ports = [] }: IContainer) =>
  ports.flatMap(({ name, containerPort }) => [name, containerPort]);

const volumesOf = (overlay: Overlay, name: string, { volumes = [] }: NonNullable<Pod['spec']>) => [
  ...volumes.map((volume) => volume.name),
  ...overlay
    .all('StatefulSet')
    .filter(({ metadata }) => name === `StatefulSet ${metadata.name}`)
    .flatMap(({ spec }) => spec?.volumeClaimTemplates ?? [])
    .map(({ metadata }) => metadata?.name),
];

function findSettingProblems(overlay: Overlay, { env = [], envFrom = [] }: IContainer): string[] {
  const settings = overlay.all('ConfigMap').map(({ metadata }) => metadata.name);
  return [
    ...envFrom
      .filter(({ configMapRef }) => !settings.includes(configMapRef?.name ?? ''))
      .map(({ configMapRef }) => `no ConfigMap ${configMapRef?.name}`),
    ...env.flatMap(({ name, valueFrom }) => {
      const { name: secret, key } = valueFrom?.secretKeyRef ?? {};
      if (secret === undefined || overlay.secrets[secret]?.[key!] !== undefined) return [];
      return [`no key ${key} in a Secret ${secret}, for ${name}`];
    }),
  ];
}

/** Variables `NAME_FILE` name the file of a mounted Secret. */
function findSecretFileProblems(overlay: Overlay, spec: NonNullable<Pod['spec']>, container: IContainer) {
  return (container.env ?? [])
    .filter(({ name }) => name.endsWith('_FILE'))
    .flatMap(({ name, value }) => {
      const mounted = mountedSecretOf(spec, container, value!);
      if (!mounted) return [`no file ${value}, for ${name}`];
      const { secret, key } = mounted;
      return overlay.secrets[secret]?.[key] === undefined
        ? [`no key ${key} in a Secret ${secret}, for ${name}`]
        : [];
    });
}

function findWorkloadProblems(overlay: Overlay): string[] {
  return [...overlay.all('Deployment'), ...overlay.all('StatefulSet')]
    .filter(({ spec }) => !selects(spec!.selector, spec!.template.metadata?.labels ?? {}))
    .map(({ kind, metadata }) => `${kind} ${metadata.name} does not select its own pods`);
}

function findServiceProblems(overlay: Overlay): string[] {
  const services = overlay.all('Service');
  return [
    ...services.flatMap(({ metadata, spec }) => {
      const pods = overlay.pods.filter(({ labels }) => selects({ matchLabels: spec!.selector }, labels));
      const ports = pods.flatMap((pod) => pod.spec!.containers.flatMap(portsOf));
      return [
        ...(pods.length === 1 ? [] : [`Service ${metadata.name} selects ${pods.length} kinds of pods`]),
        ...spec!
          .ports!.filter(({ targetPort }) => !ports.includes(targetPort))
          .map(({ targetPort }) => `Service ${metadata.name}: no port ${targetPort}`),
      ];
    }),
    ...overlay.all('Ingress').flatMap(({ metadata, spec }) => [
      ...spec!
        .rules!.flatMap(({ http }) => http!.paths)
        .filter(({ backend: { service } }) => {
          const target = services.find(({ metadata }) => metadata.name === service?.name);
          return !target?.spec?.ports?.some(({ name }) => name === service?.port?.name);
        })
        .map(({ path }) => `Ingress ${metadata.name}: no backend for ${path}`),
      ...(spec?.tls ?? [])
        .filter(({ secretName }) => !overlay.secrets[secretName!])
        .map(({ secretName }) => `Ingress ${metadata.name}: no Secret ${secretName}`),
    ]),
  ];
}

function findSelectorProblems(overlay: Overlay): string[] {
  const selectsNoPod = (selector: Selector) => !overlay.pods.some(({ labels }) => selects(selector, labels));
  return [
    ...overlay
      .all('PodDisruptionBudget')
      .filter(({ spec }) => selectsNoPod(spec!.selector!))
      .map(({ metadata }) => `PodDisruptionBudget ${metadata.name} selects no pod`),
    ...overlay.all('NetworkPolicy').flatMap(({ metadata, spec }) => {
      const name = `NetworkPolicy ${metadata.name}`;
      const subjects = overlay.pods.filter(({ labels }) => selects(spec!.podSelector!, labels));
      const ports = subjects.flatMap((pod) => pod.spec?.containers.flatMap(portsOf) ?? []);
      const peers = [
        ...(spec!.ingress ?? []).flatMap(({ from = [] }) => from),
        ...(spec!.egress ?? []).flatMap(({ to = [] }) => to),
      ];
      return [
        ...(subjects.length === 0 ? [`${name} selects no pod`] : []),
        ...peers
          .filter(({ podSelector, namespaceSelector }) => !namespaceSelector && podSelector)
          .filter(({ podSelector }) => selectsNoPod(podSelector!))
          .map(({ podSelector }) => `${name} has a peer that selects no pod: ${JSON.stringify(podSelector)}`),
        ...(spec!.ingress ?? [])
          .flatMap((rule) => rule.ports ?? [])
          .filter(({ port }) => typeof port === 'string' && !ports.includes(port))
          .map(({ port }) => `${name}: no port ${port}`),
      ];
    }),
  ];
}

function findScalingProblems(overlay: Overlay): string[] {
  const { workQueues } = topologyOf(EXCHANGE, catalogue);
  const scaled = [...overlay.all('ScaledObject'), ...overlay.all('HorizontalPodAutoscaler')];
  return [
    ...scaled.flatMap(({ kind, metadata, spec }) => {
      const { name } = spec.scaleTargetRef;
      const target = overlay.all('Deployment').find((deployment) => deployment.metadata.name === name);
      if (!target) return [`${kind} ${metadata.name}: no Deployment ${name}`];
      if (target.spec?.replicas === undefined) return [];
      return [`${kind} ${metadata.name}: an apply resets the replicas of ${name}`];
    }),
    ...overlay
      .all('ScaledObject')
      .flatMap(({ metadata, spec }) =>
        spec.triggers.flatMap(({ metadata: { queueName }, authenticationRef }) => [
          ...(workQueues[queueName!] ? [] : [`ScaledObject ${metadata.name}: no queue ${queueName}`]),
          ...(overlay
            .all('TriggerAuthentication')
            .some((authentication) => authentication.metadata.name === authenticationRef?.name)
            ? []
            : [`ScaledObject ${metadata.name}: no TriggerAuthentication ${authenticationRef?.name}`]),
        ]),
      ),
    ...overlay
      .all('TriggerAuthentication')
      .flatMap(({ metadata, spec }) =>
        spec
          .secretTargetRef!.filter(({ name, key }) => overlay.secrets[name]?.[key] === undefined)
          .map(
            ({ name, key }) => `TriggerAuthentication ${metadata.name}: no key ${key} in a Secret ${name}`,
          ),
      ),
  ];
}
