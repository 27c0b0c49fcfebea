/** Order of a shutdown: the highest stage is stopped first, so that a process stops before the servers that it uses. */
export const STAGES = {
  consensus: 0,
  database: 1,
  portMapper: 1,
  broker: 2,
  mailbox: 3,
  paymentGateway: 3,
  apps: 4,
  testRunner: 5,
};

/** How to start, check and stop one process. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user (only root can). */
  user?: { uid: number; gid: number };
  /** File for the output of the process. */
  log: string;
  /** One of STAGES. The highest stage is stopped first. Processes of one stage are stopped at the same time. */
  stage: number;
  /** SIGTERM by default. */
  stopSignal?: NodeJS.Signals;
  /** Signal for an immediate stop, as after a second Ctrl-C. SIGKILL by default. */
  killSignal?: NodeJS.Signals;
  /** The data are deleted afterwards: the process is stopped with `killSignal`. */
  ephemeral?: boolean;
  /** Polled until it returns true. A rejection counts as false. */
  ready(): Promise<boolean>;
  /** 60 s by default. */
  readyWithinMs?: number;
  /** Delays before the restarts of a process that crashes repeatedly; the last one repeats. Up to 30 s by default. */
  backoffMs?: number[];
  /** Ports that this process must listen on, because another process could answer the request of `ready`. */
  ports: number[];
  /** Runs before each start and restart. */
  prepare?(): void;
}

/** Prints one line of progress. */
export type PrintProgress = (text: string) => void;
