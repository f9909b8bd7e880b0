// A Chartkey with its database, its mail folder and two organizations: started once a run, used by every test of one worker.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Database, database as addresses, dropDatabase } from './database.ts';
import { allowReturn, type Organization, startProviders } from './organizations.ts';
import { binary, results, root } from './place.ts';
import { freePort, Running } from './process.ts';

/** What tests know of a house; it travels to their processes in an environment variable. */
export interface House {
  url: string;
  /** Everything that it writes. */
  place: string;
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

/** The environment of a process of this house: nothing of ours leaks in, since a setting that Chartkey does not know stops it. */
function environmentOf(environment: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CHARTKEY_') && name !== 'DATABASE_URL');
  return { ...Object.fromEntries(inherited), ...environment };
}

/** Runs the command line as an operator of this house. It works in the house's own directory, where no `.env` lies. */
export function run({ place, environment }: Pick<House, 'place' | 'environment'>, args: string[], input = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = execFile(binary, args, { cwd: place, env: environmentOf(environment), maxBuffer: 1 << 28, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** The same, where anything but success is a failure of the test. */
export async function runOk(house: Pick<House, 'place' | 'environment'>, args: string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(house, args, input);
  if (code !== 0) throw new Error(`chartkey ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Builds one, with a number that tells it from the others of the run. */
export async function build(number: number): Promise<{ house: House; close: () => Promise<void> }> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build -p chartkey (or name one in CHARTKEY_BIN)`);
  const place = path.join(results, `house-${number}`);
  rmSync(place, { recursive: true, force: true });
  const mailFolder = path.join(place, 'mail');
  mkdirSync(mailFolder, { recursive: true });

  const name = `chartkey_end2end_${process.pid}_${number}`;
  const database = addresses(name);
  const port = await freePort();
  // Browsers have no passkeys at an address that is a number.
  const url = `http://localhost:${port}`;
  const anchorFile = path.join(place, 'anchor');
  const environment: Record<string, string> = {
    DATABASE_URL: database.runtime,
    CHARTKEY_PUBLIC_URL: url,
    CHARTKEY_LISTEN: `127.0.0.1:${port}`,
    // Records of small children are claimed here, to be looked at.
    CHARTKEY_ACCOUNT_AGE: '0',
    CHARTKEY_SITE_DIR: path.join(root, 'target/site'),
    CHARTKEY_MAIL_DIR: mailFolder,
    CHARTKEY_ANCHOR_FILE: anchorFile,
    CHARTKEY_PEPPER_FILE: path.join(place, 'pepper'),
  };

  const running: Running[] = [];
  const close = async () => {
    await Promise.all(running.map((one) => one.stop()));
    dropDatabase(name);
  };
  try {
    // The process that serves gets the runtime role alone.
    const migrating = { ...environment, CHARTKEY_MIGRATE_DATABASE_URL: database.migrator, CHARTKEY_ADMIN_DATABASE_URL: database.admin };
    await runOk({ place, environment: migrating }, ['migrate', '--create-roles']);
    const started = await startProviders(place, () => randomBytes(24).toString('hex'));
    running.push(...started.map((one) => one.provider));
    const organizations: House['organizations'] = [];
    for (const one of started) {
      const id = await register({ place, environment }, one);
      await allowReturn(one, `${url}/auth/${one.slug}/callback`);
      const { provider, config, ...organization } = one;
      organizations.push({ ...organization, id });
    }
    const server = Running.start('chartkey serve', binary, ['serve'], { env: environmentOf(environment), log: path.join(place, 'server.log'), cwd: place });
    running.push(server);
    await server.answers(`${url}/readyz`);
    return { house: { url, place, database, environment, mailFolder, anchorFile, serverPid: server.pid, organizations }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Registers an organization and returns its identifier. The secret travels in the environment, not on the command line. */
async function register({ place, environment }: Pick<House, 'place' | 'environment'>, organization: Organization): Promise<string> {
  const { name, slug, issuer, clientId, clientSecret } = organization;
  const out = await runOk({ place, environment: { ...environment, CHARTKEY_CLIENT_SECRET: clientSecret } }, [
    ...['organization', 'add', '--json', '--name', name, '--slug', slug, '--issuer', issuer],
    ...['--client-id', clientId, '--client-secret-env', 'CHARTKEY_CLIENT_SECRET', '--identifier-claim', 'npi'],
    ...['--profession', 'physician=physician', '--profession', 'nurse=nurse'],
  ]);
  return JSON.parse(out).organization;
}
