import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { run } from '../tools/command.js';
import type { Stack } from './stack.js';

/** Command, machine and versions that a report was measured with. */
export interface Environment {
  command: string;
  /** ISO 8601, UTC. */
  measuredAt: string;
  commit: string;
  processor: string;
  cores: number;
  memoryGb: number;
  node: string;
  postgres: string;
  rabbitmq: string;
  nest: string;
}

export async function describeEnvironment(stack: Stack, command: string): Promise<Environment> {
  const { root } = stack.options;
  const git = async (...args: string[]) => (await run('git', args, { cwd: root })).output.trim();
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  const nest = JSON.parse(readFileSync(join(root, 'node_modules/@nestjs/core/package.json'), 'utf8')) as {
    version: string;
  };
  return {
    command,
    measuredAt: new Date().toISOString(),
    commit: `${await git('rev-parse', '--short', 'HEAD')}${changes ? ', with uncommitted changes' : ''}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: stack.postgres.version,
    rabbitmq: await stack.rabbitmqVersion(),
    nest: nest.version,
  };
}
