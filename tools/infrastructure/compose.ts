import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readJson, writeAtomically } from './files.js';

const run = promisify(execFile);
/** Tells that Docker keeps something of this folder. */
const MARK = 'compose.json';

/** The last resort: services of the project's docker-compose.yml, under a project name of this folder's own. */
export class Compose {
  private readonly base: string[];

  constructor(
    private readonly root: string,
    private readonly dir: string,
    ports: Record<string, number>,
  ) {
    const name = createHash('sha256').update(realpathSync(dir)).digest('hex').slice(0, 12);
    this.base = ['compose', '--file', join(root, 'docker-compose.yml'), '--project-name', `estoque-${name}`];
    this.env = { ...process.env };
    for (const [variable, port] of Object.entries(ports)) this.env[variable] = String(port);
  }

  private readonly env: NodeJS.ProcessEnv;

  static isAvailable(): boolean {
    const answers = (args: string[]): boolean =>
      spawnSync('docker', args, { stdio: 'ignore', timeout: 15_000 }).status === 0;
    return answers(['compose', 'version']) && answers(['info']);
  }

  /** Removes containers and data that an earlier run in this folder left with Docker. */
  static async wipe(dir: string): Promise<void> {
    const used = readJson<{ root: string }>(join(dir, MARK));
    if (used) await new Compose(used.root, dir, {}).stop(true);
  }

  async up(service: string): Promise<void> {
    writeAtomically(join(this.dir, MARK), JSON.stringify({ root: this.root }));
    await this.docker('up', '--detach', '--wait', service);
  }

  /** Where a port of the service is reached from here. */
  async address(service: string, port: number): Promise<string> {
    const published = (await this.docker('port', service, String(port))).trim().split('\n')[0]!;
    return published.replace(/^0\.0\.0\.0:|^\[::\]:/, '127.0.0.1:');
  }

  async environment(service: string): Promise<Record<string, string>> {
    const config = JSON.parse(await this.docker('config', '--format', 'json')) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    return config.services[service]?.environment ?? {};
  }

  async stop(wipe: boolean): Promise<void> {
    await this.docker(...(wipe ? ['down', '--volumes'] : ['stop']));
  }

  private async docker(...args: string[]): Promise<string> {
    try {
      return (await run('docker', [...this.base, ...args], { env: this.env, maxBuffer: 16 * 1024 * 1024 }))
        .stdout;
    } catch (error) {
      const reason = String((error as { stderr?: string }).stderr ?? error).trim();
      throw new Error(`docker compose ${args[0]} failed: ${reason}`, { cause: error });
    }
  }
}
