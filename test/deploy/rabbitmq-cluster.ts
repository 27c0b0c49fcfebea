import type {
  IAffinity,
  IConfigMap,
  IResourceRequirements,
  IToleration,
  ITopologySpreadConstraint,
} from 'kubernetes-models/v1';

/**
 * Type of a RabbitmqCluster, because no npm package contains the types of the RabbitMQ Cluster Operator. It has the fields
 * of RabbitmqClusterSpec (rabbitmq/cluster-operator, api/v1beta1/rabbitmqcluster_types.go, 2.x) except `override`, `tls`
 * and `secretBackend`. The tests treat every other key as unknown.
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

type Metadata = NonNullable<IConfigMap['metadata']>;

/** Types of the RabbitMQ Messaging Topology Operator (rabbitmq/messaging-topology-operator, api/v1beta1, 1.x). */
interface ClusterReference {
  rabbitmqClusterReference: { name: string; namespace?: string };
}

export interface IUser {
  apiVersion: 'rabbitmq.com/v1beta1';
  kind: 'User';
  metadata: Metadata;
  spec: ClusterReference & {
    tags?: ('management' | 'policymaker' | 'monitoring' | 'administrator')[];
    importCredentialsSecret?: { name: string };
  };
}

export interface IPermission {
  apiVersion: 'rabbitmq.com/v1beta1';
  kind: 'Permission';
  metadata: Metadata;
  spec: ClusterReference & {
    vhost: string;
    user?: string;
    userReference?: { name: string };
    permissions: { configure?: string; write?: string; read?: string };
  };
}
