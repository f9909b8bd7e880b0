// Processes that the tests start: each is waited for by what it says or answers, never by a pause.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

export class Running {
  private readonly lines: string[] = [];
  private readonly listeners = new Set<() => void>();
  private ended = false;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    log: string,
  ) {
    const file = createWriteStream(log, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      stream.pipe(file, { end: false });
      createInterface({ input: stream }).on('line', (line) => this.heard(line));
    }
    child.on('exit', () => {
      this.ended = true;
      this.heard('(ended)');
    });
  }

  static start(name: string, command: string, args: string[], options: { env: NodeJS.ProcessEnv; log: string; cwd?: string }): Running {
    const child = spawn(command, args, { env: options.env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    return new Running(name, child, options.log);
  }

  get pid(): number {
    if (!this.child.pid) throw new Error(`${this.name} did not start`);
    return this.child.pid;
  }

  private heard(line: string) {
    this.lines.push(line);
    for (const listener of this.listeners) listener();
  }

  /** The first line from `since` on that matches; fails when the process ends before it says so. */
  async says(pattern: RegExp, since = 0): Promise<RegExpMatchArray> {
    for (;;) {
      for (const line of this.lines.slice(since)) {
        const match = line.match(pattern);
        if (match) return match;
      }
      if (this.ended) throw new Error(`${this.name} ended: ${this.lines.slice(-12).join('\n')}`);
      await new Promise<void>((resolve) => {
        const once = () => {
          this.listeners.delete(once);
          resolve();
        };
        this.listeners.add(once);
      });
    }
  }

  /** Waits until `address` answers with success; fails when the process ends before. */
  async answers(address: string, milliseconds = 30_000): Promise<void> {
    const until = Date.now() + milliseconds;
    for (;;) {
      if (this.ended) throw new Error(`${this.name} ended: ${this.lines.slice(-12).join('\n')}`);
      const ok = await fetch(address).then(
        (response) => response.ok,
        () => false,
      );
      if (ok) return;
      if (Date.now() > until) throw new Error(`${this.name} does not answer at ${address}: ${this.lines.slice(-12).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Sends a signal and waits for the next line that matches. */
  async told(signal: NodeJS.Signals, pattern: RegExp): Promise<void> {
    const since = this.lines.length;
    this.child.kill(signal);
    await this.says(pattern, since);
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }
}
