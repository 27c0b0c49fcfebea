import type {
  IAffinity,
  IConfigMap,
  IResourceRequirements,
  IToleration,
  ITopologySpreadConstraint,
} from 'kubernetes-models/v1';

/**
 * What we may say to the RabbitMQ Cluster Operator, whose types no package of npm has: the fields of RabbitmqClusterSpec
 * (rabbitmq/cluster-operator, api/v1beta1/rabbitmqcluster_types.go, 2.x) but `override`, `tls` and `secretBackend`.
 * A key that isn't here counts as unknown.
 */
export interface IRabbitmqCluster {
  apiVersion: 'rabbitmq.com/v1beta1';
  kind: 'RabbitmqCluster';
  metadata: NonNullable<IConfigMap['metadata']>;
  spec: {
    replicas?: number;
    image?: string;
    imagePullSecrets?: { name: string }[];
    service?: { type?: 'ClusterIP' | 'LoadBalancer' | 'NodePort'; annotations?: Record<string, string> };
    persistence?: { storageClassName?: string; storage?: string };
    resources?: IResourceRequirements;
    affinity?: IAffinity;
    tolerations?: IToleration[];
    topologySpreadConstraints?: ITopologySpreadConstraint[];
    rabbitmq?: {
      additionalPlugins?: string[];
      additionalConfig?: string;
      advancedConfig?: string;
      envConfig?: string;
    };
    skipPostDeploySteps?: boolean;
    terminationGracePeriodSeconds?: number;
  };
}
