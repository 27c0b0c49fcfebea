import type { IScaledObject, ITriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type {
  IConfigMap,
  IContainer,
  IPodSpec,
  ISecret,
  IService,
  IServiceAccount,
} from 'kubernetes-models/v1';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { IPermission, IRabbitmqCluster, IUser } from './rabbitmq-cluster.js';

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
  Permission: IPermission;
  PodDisruptionBudget: IPodDisruptionBudget;
  RabbitmqCluster: IRabbitmqCluster;
  ScaledObject: IScaledObject;
  Secret: ISecret;
  Service: IService;
  ServiceAccount: IServiceAccount;
  StatefulSet: IStatefulSet;
  TriggerAuthentication: ITriggerAuthentication;
  User: IUser;
}

export type Labels = Record<string, string>;

export interface Pod {
  /** Kind and name of the object that creates the pod, such as `Deployment api`. */
  name: string;
  labels: Labels;
  /** Undefined if an operator creates the pod. */
  spec?: IPodSpec;
}

/** All objects of an overlay, as `kubectl apply -k` would send them. */
export class Overlay {
  constructor(
    readonly name: string,
    readonly objects: KubernetesObject[],
  ) {}

  static build(name: string, kubectl: string) {
    const text = execFileSync(kubectl, ['kustomize', folderOf(name)], { encoding: 'utf8' });
    return new Overlay(name, objectsIn(text));
  }

  /** @returns a copy of the overlay with a change */
  withChange(change: (copy: Overlay) => void) {
    const copy = new Overlay(this.name, structuredClone(this.objects));
    change(copy);
    return copy;
  }

  all<Kind extends keyof Kinds>(kind: Kind) {
    return this.objects.filter((object) => object.kind === kind) as (KubernetesObject & Kinds[Kind])[];
  }

  /** @returns a copy of the overlay without the first object of this kind whose name starts with `prefix` */
  without(kind: keyof Kinds, prefix: string) {
    return this.withChange(({ objects }) => {
      const index = objects.findIndex(
        (object) => object.kind === kind && object.metadata.name.startsWith(prefix),
      );
      if (index < 0) throw new Error(`${this.name} has no ${kind} ${prefix}`);
      objects.splice(index, 1);
    });
  }

  /** @throws Error if the overlay has no such object */
  one<Kind extends keyof Kinds>(kind: Kind, name: string) {
    const found = this.all(kind).find(({ metadata }) => metadata.name === name);
    if (!found) throw new Error(`${this.name} has no ${kind} ${name}`);
    return found;
  }

  /** All pods that the overlay's objects create, directly or through an operator. */
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

  /**
   * Values of all Secrets by name and key: those in the overlay, those in secrets.example.yaml, which the user must create,
   * and those that operators create.
   */
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
    const createdByOperators = [
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
      // cert-manager creates a Secret for each Ingress that has the annotation.
      ...this.all('Ingress')
        .filter(({ metadata }) => metadata.annotations?.['cert-manager.io/cluster-issuer'])
        .flatMap(({ spec }) => spec?.tls ?? [])
        .map(({ secretName }) => [secretName, { 'tls.crt': '', 'tls.key': '' }]),
    ];
    return Object.fromEntries([...own, ...createdByOperators]) as Record<string, Record<string, string>>;
  }
}

/** @returns the Secret and the key behind a file in a container; undefined if no volume provides it */
export function mountedSecretOf(
  { volumes = [] }: IPodSpec,
  { volumeMounts = [] }: IContainer,
  file: string,
): { secret: string; key: string } | undefined {
  const mount = volumeMounts.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
  const volume = volumes.find(({ name }) => name === mount?.name);
  const projected = (volume?.projected?.sources ?? []).map(({ secret }) => secret);
  const { secretName: name, items } = volume?.secret ?? {};
  return [{ name, items }, ...projected]
    .flatMap((source) => (source?.items ?? []).map((item) => ({ secret: source!.name!, ...item })))
    .find(({ path }) => file === `${mount!.mountPath}/${path}`);
}

const folderOf = (name: string) => `deploy/kubernetes/overlays/${name}`;

/** @returns the Secrets that the user must create before applying the overlay */
export function exampleSecretsOf(name: string) {
  const file = `${folderOf(name)}/secrets.example.yaml`;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return objectsIn(text) as (KubernetesObject & ISecret)[];
}

const objectsIn = (text: string) =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() as KubernetesObject | null) ?? []);
