import type { IScaledObject, ITriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, IPodSpec, ISecret, IService, IServiceAccount } from 'kubernetes-models/v1';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { IRabbitmqCluster } from './rabbitmq-cluster.js';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: NonNullable<IConfigMap['metadata']> & { name: string };
}

interface Kinds {
  Cluster: ICluster;
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Job: IJob;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  RabbitmqCluster: IRabbitmqCluster;
  ScaledObject: IScaledObject;
  Secret: ISecret;
  Service: IService;
  ServiceAccount: IServiceAccount;
  StatefulSet: IStatefulSet;
  TriggerAuthentication: ITriggerAuthentication;
}

export type Labels = Record<string, string>;

export interface Pod {
  /** As in `Deployment api`. */
  name: string;
  labels: Labels;
  /** None where an operator makes the pod. */
  spec?: IPodSpec;
}

/** Everything that `kubectl apply -k` would send for an overlay. */
export class Overlay {
  constructor(
    readonly name: string,
    readonly objects: KubernetesObject[],
  ) {}

  static build(name: string, kubectl: string) {
    const text = execFileSync(kubectl, ['kustomize', folderOf(name)], { encoding: 'utf8' });
    return new Overlay(name, objectsIn(text));
  }

  /** A copy of it, changed. */
  withChange(change: (copy: Overlay) => void) {
    const copy = new Overlay(this.name, structuredClone(this.objects));
    change(copy);
    return copy;
  }

  all<Kind extends keyof Kinds>(kind: Kind) {
    return this.objects.filter((object) => object.kind === kind) as (KubernetesObject & Kinds[Kind])[];
  }

  /** A copy of it without one object. */
  without(kind: keyof Kinds, prefix: string) {
    return this.withChange(({ objects }) => {
      const at = objects.findIndex((each) => each.kind === kind && each.metadata.name.startsWith(prefix));
      if (at < 0) throw new Error(`${this.name} has no ${kind} ${prefix}`);
      objects.splice(at, 1);
    });
  }

  one<Kind extends keyof Kinds>(kind: Kind, name: string) {
    const found = this.all(kind).find(({ metadata }) => metadata.name === name);
    if (!found) throw new Error(`${this.name} has no ${kind} ${name}`);
    return found;
  }

  get pods(): Pod[] {
    const templates = [...this.all('Deployment'), ...this.all('StatefulSet'), ...this.all('Job')];
    return [
      ...templates.map(({ kind, metadata, spec }) => ({
        name: `${kind} ${metadata.name}`,
        labels: spec!.template.metadata?.labels ?? {},
        spec: spec!.template.spec,
      })),
      ...this.all('Cluster').map(({ metadata: { name } }) => ({
        name: `Cluster ${name}`,
        labels: { 'cnpg.io/cluster': name },
      })),
      ...this.all('RabbitmqCluster').map(({ metadata: { name } }) => ({
        name: `RabbitmqCluster ${name}`,
        labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'rabbitmq' },
      })),
    ];
  }

  /** The overlay's own Secrets, those that somebody is told to make, and those that operators make: name, key, value. */
  get secrets(): Record<string, Record<string, string>> {
    const own = [...this.all('Secret'), ...exampleSecretsOf(this.name)].map(
      ({ metadata, data, stringData }) => [
        metadata.name,
        {
          ...Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, atob(value)])),
          ...stringData,
        },
      ],
    );
    const made = [
      // https://cloudnative-pg.io/documentation/current/applications/#secrets
      ...this.all('Cluster').map(({ metadata: { name } }) => [
        `${name}-app`,
        { uri: `postgresql://estoque:password@${name}-rw.estoque:5432/estoque` },
      ]),
      // https://www.rabbitmq.com/kubernetes/operator/using-operator#creds
      ...this.all('RabbitmqCluster').map(({ metadata: { name } }) => [
        `${name}-default-user`,
        { connection_string: `amqp://default_user:password@${name}.estoque.svc:5672/` },
      ]),
      // cert-manager's, for an Ingress that asks for it.
      ...this.all('Ingress')
        .filter(({ metadata }) => metadata.annotations?.['cert-manager.io/cluster-issuer'])
        .flatMap(({ spec }) => spec?.tls ?? [])
        .map(({ secretName }) => [secretName, { 'tls.crt': '', 'tls.key': '' }]),
    ];
    return Object.fromEntries([...own, ...made]) as Record<string, Record<string, string>>;
  }
}

const folderOf = (name: string) => `deploy/kubernetes/overlays/${name}`;

/** The Secrets that whoever applies the overlay has to make before. */
export function exampleSecretsOf(name: string) {
  const file = `${folderOf(name)}/secrets.example.yaml`;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return objectsIn(text) as (KubernetesObject & ISecret)[];
}

const objectsIn = (text: string) =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() as KubernetesObject | null) ?? []);
