import type { Pod } from './overlay.js';

const ALLOWED_VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** Checks a pod against the level `restricted` of the Pod Security Standards. @returns a line for each violation */
export function findPodSecurityProblems({ name, spec }: Pod): string[] {
  if (!spec) return [];
  const { securityContext: pod = {}, hostNetwork, hostPID, hostIPC, volumes = [] } = spec;
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return [
    ...(hostNetwork || hostPID || hostIPC ? ['shares a host namespace'] : []),
    ...(pod.sysctls ? ['sets sysctls'] : []),
    ...volumes
      .flatMap(({ name: volume, ...kind }) => Object.keys(kind).map((key) => ({ volume, key })))
      .filter(({ key }) => !ALLOWED_VOLUME_TYPES.includes(key))
      .map(({ volume, key }) => `volume ${volume} is a ${key}`),
    ...containers.flatMap(({ name: container, securityContext: own = {}, ports = [] }) => {
      const { runAsNonRoot = pod.runAsNonRoot, runAsUser = pod.runAsUser } = own;
      const profile = own.seccompProfile?.type ?? pod.seccompProfile?.type;
      const { add = [], drop = [] } = own.capabilities ?? {};
      return [
        ...(own.privileged ? ['is privileged'] : []),
        ...(own.allowPrivilegeEscalation === false ? [] : ['may gain privileges']),
        ...(runAsNonRoot === true ? [] : ['may run as root']),
        ...(runAsUser === 0 ? ['runs as root'] : []),
        ...(drop.includes('ALL') && add.every((capability) => capability === 'NET_BIND_SERVICE')
          ? []
          : ['keeps capabilities']),
        ...(profile === 'RuntimeDefault' || profile === 'Localhost' ? [] : ['has no seccomp profile']),
        ...(ports.some(({ hostPort }) => hostPort) ? ['uses a host port'] : []),
      ].map((problem) => `${container} ${problem}`);
    }),
  ].map((problem) => `${name}: ${problem}`);
}
