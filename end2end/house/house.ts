// One Chartkey with its database, its mail folder and two organizations: started once a run, used by every test.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createDatabase, type Database, dropDatabase } from './database.ts';
import { allowReturn, type Organization, startProviders } from './organizations.ts';
import { binary, results, root } from './place.ts';
import { freePort, Running } from './process.ts';

/** What tests know of the house; it travels to their processes in an environment variable. */
export interface House {
  url: string;
  database: Database;
  environment: Record<string, string>;
  mailFolder: string;
  anchorFile: string;
  serverPid: number;
  organizations: (Organization & { id: string })[];
}

export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line as an operator of this house. */
export function run(environment: Record<string, string>, args: string[], input = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = execFile(binary, args, { cwd: root, env: { ...process.env, ...environment }, maxBuffer: 1 << 28, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** The same, where anything but success is a failure of the test. */
export async function runOk(environment: Record<string, string>, args: string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(environment, args, input);
  if (code !== 0) throw new Error(`chartkey ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

export async function build(): Promise<{ house: House; close: () => Promise<void> }> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build -p chartkey (or name one in CHARTKEY_BIN)`);
  const place = path.join(results, 'house');
  rmSync(place, { recursive: true, force: true });
  const mailFolder = path.join(place, 'mail');
  mkdirSync(mailFolder, { recursive: true });

  const name = `chartkey_end2end_${process.pid}`;
  const database = createDatabase(name);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const anchorFile = path.join(place, 'anchor');
  const environment: Record<string, string> = {
    DATABASE_URL: database.runtime,
    CHARTKEY_MIGRATE_DATABASE_URL: database.superuser,
    CHARTKEY_PUBLIC_URL: url,
    CHARTKEY_LISTEN: `127.0.0.1:${port}`,
    CHARTKEY_SITE_DIR: path.join(root, 'target/site'),
    CHARTKEY_MAIL_DIR: mailFolder,
    CHARTKEY_ANCHOR_FILE: anchorFile,
  };

  const running: Running[] = [];
  const close = async () => {
    await Promise.all(running.map((one) => one.stop()));
    dropDatabase(name);
  };
  try {
    await runOk(environment, ['migrate', '--create-roles']);
    const started = await startProviders(place, () => randomBytes(24).toString('hex'));
    running.push(...started.map((one) => one.provider));
    const organizations: House['organizations'] = [];
    for (const one of started) {
      const id = await register(environment, one);
      await allowReturn(one, `${url}/auth/${id}/callback`);
      const { provider, config, ...organization } = one;
      organizations.push({ ...organization, id });
    }
    const server = Running.start('chartkey serve', binary, ['serve'], { env: environment, log: path.join(place, 'server.log'), cwd: root });
    running.push(server);
    await server.answers(`${url}/readyz`);
    return { house: { url, database, environment, mailFolder, anchorFile, serverPid: server.pid, organizations }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Registers an organization and returns its identifier. The secret travels in the environment, not on the command line. */
async function register(environment: Record<string, string>, organization: Organization): Promise<string> {
  const out = await runOk({ ...environment, CHARTKEY_CLIENT_SECRET: organization.clientSecret }, [
    'organization', 'add', '--json',
    '--name', organization.name,
    '--issuer', organization.issuer,
    '--client-id', organization.clientId,
    '--reason', 'set up for the tests',
  ]);
  return JSON.parse(out).organization;
}
