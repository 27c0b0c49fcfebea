import { join, resolve } from 'node:path';
import { describeFaults, selectFaults } from '../../test/faults/faults/catalogue.js';
import { atLeast, createCommand, list, seedOption } from '../options.js';
import { local, root } from '../paths.js';
import { BUILDS, selectBuilds } from './mutants.js';

export interface FaultOptions {
  only: string[];
  short: boolean;
  minutes: number;
  seed: number;
  rate: number;
  holdSeconds?: number;
  cluster: boolean;
  databaseCluster: boolean;
  patroni: boolean;
  broker?: string;
  otherRevision?: string;
  mutants: boolean;
  dist: string;
  report: string;
  keep: boolean;
}

const OWN_DIST = join(root, 'dist');

/** Reads the options of `npm run faults`. Ends the process after `--help`, and if an option is invalid. */
export function readFaultOptions(args: string[]): FaultOptions & { isOwnDist: boolean } {
  const command = createCommand(
    'faults',
    'Starts the whole system, injects faults under load, and checks that it keeps its guarantees. Without options: one round of all faults, about half an hour.',
  )
    .option('--only <names>', 'inject these faults only, separated by commas', list, [])
    .option('--short', 'shorter waits and smaller amounts', false)
    .option(
      '--minutes <number>',
      'after one round, inject random faults until this time is over',
      atLeast(0),
      0,
    )
    .addOption(seedOption('seed of the random sequence; the same seed repeats a run'))
    .option('--rate <number>', 'orders per second', atLeast(0), 5)
    .option(
      '--hold-seconds <number>',
      'seconds for which row-lock and advisory-lock hold their lock (default: 60, or 20 with --short)',
      atLeast(1),
    )
    .option('--cluster', 'three RabbitMQ nodes, and the faults of such a cluster', false)
    .option('--database-cluster', 'three PostgreSQL servers, and the faults of such a cluster', false)
    .option(
      '--patroni',
      'three PostgreSQL servers managed by Patroni, and the faults of such a cluster',
      false,
    )
    .option('--broker <release>', 'RabbitMQ of another Debian release: trixie (4.0) or sid (4.3)')
    .option(
      '--other-revision <revision>',
      'with --only roll-out: the second replicas are built from this Git revision',
    )
    .option(
      '--mutants',
      'run deliberately broken builds, each of which must be detected; --only selects builds',
      false,
    )
    .option('--dist <folder>', 'another build than dist/', OWN_DIST)
    .option('--report <prefix>', 'path of the report, without .md and .json', join(local, 'faults', 'report'))
    .option('--keep', 'keep data and logs until the next test run', false)
    .addHelpText(
      'after',
      `\n${describeFaults()}\n\nBuilds of --mutants: ${BUILDS.map(({ name }) => name).join(', ')}`,
    )
    .parse(args, { from: 'user' });
  const options = command.opts<FaultOptions>();
  try {
    if (options.mutants) selectBuilds(options.only);
    else selectFaults(options.only, options);
  } catch (error) {
    command.error(`error: ${(error as Error).message}`);
  }
  const isOwnDist = options.dist === OWN_DIST;
  return { ...options, isOwnDist, dist: resolve(options.dist), report: resolve(options.report) };
}
