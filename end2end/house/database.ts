// A database of one run on the cluster of the tests (scripts/postgres).
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { root } from './place.ts';

function postgres(...args: string[]): string {
  return execFileSync('scripts/postgres', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PGOPTIONS: '-c client_min_messages=warning' } }).trim();
}

export interface Database {
  /** The address of the role that the server runs as. */
  runtime: string;
  /** The address of the role that changes the schema. */
  migrator: string;
  /** The address of the superuser: for tests that play an attacker with the database in hand. */
  superuser: string;
  /** The superuser, in the cluster's own database. */
  admin: string;
}

/** The addresses of a database that `chartkey migrate --create-roles` makes. */
export function database(name: string): Database {
  dropDatabase(name);
  return { runtime: postgres('url', name, 'chartkey_runtime'), migrator: postgres('url', name, 'chartkey_migrator'), superuser: postgres('url', name), admin: postgres('url') };
}

export function dropDatabase(name: string): void {
  postgres('psql', '--quiet', '-c', `drop database if exists ${name} with (force)`);
}

/** Runs SQL as the superuser and returns the rows as text, one line each, columns apart by `|`. */
export function sql(database: Database, statement: string): string[] {
  const psql = path.join(execFileSync('scripts/install', ['--bin', 'psql'], { cwd: root, encoding: 'utf8' }).trim(), 'psql');
  const out = execFileSync(psql, ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '-v', 'ON_ERROR_STOP=1', database.superuser, '-c', statement], { encoding: 'utf8' });
  return out.split('\n').filter((line) => line !== '');
}
