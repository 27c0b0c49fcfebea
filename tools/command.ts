import { spawn } from 'node:child_process';

const running = new Set<number>();
// Commands run in process groups of their own, so Ctrl-C does not reach them. They are killed when this process exits.
process.on('exit', stopCommands);

/** Kills all commands that are still running. */
export function stopCommands(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // it has just ended
    }
  }
}

export interface CommandOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Write its output to the terminal instead of returning it. */
  show?: boolean;
  started?: (pid: number) => void;
}

/** Runs a command to its end. A command that cannot be started has the code 1. */
export function run(
  file: string,
  args: string[],
  options: CommandOptions,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    const stdio = options.show ? 'inherit' : 'pipe';
    const { cwd, env } = options;
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', stdio, stdio] });
    if (child.pid) {
      running.add(child.pid);
      options.started?.(child.pid);
    }
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', (error) => output.push(Buffer.from(error.message)));
    child.once('close', (code) => {
      if (child.pid) running.delete(child.pid);
      resolve({ code: code ?? 1, output: Buffer.concat(output).toString() });
    });
  });
}
