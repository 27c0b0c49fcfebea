import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { DRILLS } from './drills.js';
import { Lab, type Stack } from './lab.js';
import { isSound, runDrill, type DrillResult } from './run-drill.js';

/** One run of a drill, as the console shows it. */
interface DrillRun {
  id: number;
  drill: string;
  state: 'running' | 'succeeded' | 'violated' | 'failed';
  started_at: string;
  finished_at: string | null;
  steps: { at: string; text: string }[];
  result: DrillResult | null;
}

const MAX_RUNS = 20;

/**
 * The failure lab of `npm start`: an HTTP server on the loopback interface, which runs one drill at a time. The api
 * forwards to it, in development only, so that the console has buttons for the drills.
 */
export class LabServer {
  private readonly token = randomBytes(32).toString('hex');
  private readonly server: Server;
  private readonly runs: DrillRun[] = [];
  private readonly stopping = new AbortController();
  private runCount = 0;

  /** @param readStack the addresses and process ids of the running system */
  constructor(private readonly readStack: () => Stack | undefined) {
    this.server = createServer((request, response) => {
      const { status, body } = this.answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  /** @returns the URL with the credential */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as { port: number };
    return `http://lab:${this.token}@127.0.0.1:${port}`;
  }

  /** A drill in progress ends, and a server that it halted continues. */
  stop() {
    this.stopping.abort();
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer({ method, url = '', headers }: IncomingMessage): { status: number; body: unknown } {
    if (!this.isAuthorized(headers.authorization)) return { status: 401, body: {} };
    if (method === 'GET' && url === '/drills') return { status: 200, body: this.state() };
    const name = method === 'POST' ? /^\/drills\/([a-z-]+)\/runs$/.exec(url)?.[1] : undefined;
    const drill = DRILLS.find((candidate) => candidate.name === name);
    const stack = this.readStack();
    if (!drill || !stack) return { status: 404, body: {} };
    if (this.runs.some(({ state }) => state === 'running')) return { status: 409, body: this.state() };
    const run: DrillRun = {
      id: ++this.runCount,
      drill: drill.name,
      state: 'running',
      started_at: new Date().toISOString(),
      finished_at: null,
      steps: [],
      result: null,
    };
    this.runs.unshift(run);
    this.runs.splice(MAX_RUNS);
    const say = (text: string) => void run.steps.push({ at: new Date().toISOString(), text });
    runDrill(drill, new Lab(stack, say, this.stopping.signal))
      .then(
        (result) => {
          run.result = result;
          run.state = isSound(result) ? 'succeeded' : 'violated';
        },
        (error: unknown) => {
          say((error as Error).message);
          run.state = 'failed';
        },
      )
      .finally(() => (run.finished_at = new Date().toISOString()));
    return { status: 202, body: this.state() };
  }

  private state() {
    return { drills: DRILLS.map(({ name, description }) => ({ name, description })), runs: this.runs };
  }

  private isAuthorized(authorization = ''): boolean {
    const expected = Buffer.from(`Basic ${Buffer.from(`lab:${this.token}`).toString('base64')}`);
    const given = Buffer.from(authorization);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
