import { spawn } from 'node:child_process';

const running = new Set<number>();
// A group of their own keeps a Ctrl-C from them; they end with us, whatever ends us.
process.on('exit', stopCommands);

export function stopCommands(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // ended this moment
    }
  }
}

export interface CommandOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Let it write to the terminal, instead of keeping what it prints. */
  show?: boolean;
  started?: (pid: number) => void;
}

/** Runs a command to its end. */
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
