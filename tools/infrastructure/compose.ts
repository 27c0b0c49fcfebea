import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readJson, writeAtomically } from './files.js';

const run = promisify(execFile);
/** Exists if Docker holds containers or volumes of this folder. */
const MARKER_FILE = 'compose.json';

/**
 * Runs services of the project's docker-compose.yml, if they cannot be started directly. The Compose project name is
 * derived from the folder.
 */
export class Compose {
  private readonly base: string[];
  private readonly env: NodeJS.ProcessEnv;

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

  static isAvailable(): boolean {
    const succeeds = (args: string[]): boolean =>
      spawnSync('docker', args, { stdio: 'ignore', timeout: 15_000 }).status === 0;
    return succeeds(['compose', 'version']) && succeeds(['info']);
  }

  /** Removes containers and volumes of earlier runs in this folder. */
  static async wipe(dir: string): Promise<void> {
    const marker = readJson<{ root: string }>(join(dir, MARKER_FILE));
    if (marker) await new Compose(marker.root, dir, {}).stop(true);
  }

  async up(service: string): Promise<void> {
    writeAtomically(join(this.dir, MARKER_FILE), JSON.stringify({ root: this.root }));
    await this.docker('up', '--detach', '--wait', service);
  }

  /** @returns host and port under which a port of the service can be reached */
  async address(service: string, port: number): Promise<string> {
    const published = (await this.docker('port', service, String(port))).trim().split('\n')[0]!;
    return published.replace(/^0\.0\.0\.0:|^\[::\]:/, '127.0.0.1:');
  }

  /** @returns the contents of a secret */
  async readSecret(name: string): Promise<string> {
    const config = JSON.parse(await this.docker('config', '--format', 'json')) as {
      secrets: Record<string, { file: string }>;
    };
    return readFileSync(config.secrets[name]!.file, 'utf8').trim();
  }

  /** @returns the URL in a secret, with the address under which a port of its service can be reached */
  async url(secret: string, service: string, port: number): Promise<URL> {
    const url = new URL(await this.readSecret(secret));
    url.host = await this.address(service, port);
    return url;
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
