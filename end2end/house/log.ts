// The access log with its proof, written a second time from what ARCHITECTURE.md and /.well-known/chartkey/log say, and by other people's
// SHA-256 and Ed25519: what the module of /activity takes for whole has to be what anybody else does.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './place.ts';

export interface Entry {
  hash: Buffer;
  event: string;
}

export interface Key {
  secret: KeyObject;
  public: string;
}

const CHAIN = 'patient/01935f7e-0000-7000-8000-000000000001';
const AT = '2026-11-27T01:00:00Z';
const NOTHING = Buffer.alloc(32);
const SIZE = 1024;

const sha256 = (...parts: (Buffer | string)[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

function seq(place: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(place));
  return bytes;
}

export const link = (place: number, previous: Buffer, event: string) => sha256('chartkey-event-1', CHAIN, seq(place), previous, event);

/** Entries whose hashes follow, from the first on. */
export function follow(events: string[]): Entry[] {
  let hash = NOTHING;
  return events.map((event, place) => ({ event, hash: (hash = link(place + 1, hash, event)) }));
}

export const entries = (count: number) =>
  follow(Array.from({ length: count }, (_, place) => JSON.stringify({ at: AT, what: { action: 'read', items: place }, why: { kind: 'own' } })));

export function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { secret: privateKey, public: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex') };
}

const signed = (text: string, { secret }: Key) => `${text} ${sign(null, Buffer.from(text), secret).toString('hex')}`;

/** What signs one root after another. */
export class House {
  readonly lines: string[] = [];
  #hashes: Buffer[] = [];
  #leaf = '';

  constructor(readonly key: Key = newKey()) {}

  /** Signs the next root, which holds the log up to this place. */
  seal(log: Entry[], place: number): void {
    const number = this.lines.length + 1;
    const salt = sha256('salt', String(number));
    const own = sha256(Buffer.of(0), 'chartkey-head-1', salt, seq(place), log[place - 1]?.hash ?? NOTHING, CHAIN);
    const others = Array.from({ length: SIZE - 1 }, (_, other) => sha256(Buffer.of(0), 'chartkey-none-1', sha256(salt, String(other))));
    let level = [own, ...others].sort(Buffer.compare);
    const index = level.indexOf(own);
    const way: string[] = [];
    for (let at = index; level.length > 1; at >>= 1) {
      way.push((level[at ^ 1] ?? NOTHING).toString('hex'));
      level = Array.from({ length: level.length / 2 }, (_, pair) => sha256(Buffer.of(1), level[2 * pair] ?? NOTHING, level[2 * pair + 1] ?? NOTHING));
    }
    this.#leaf = `chartkey-leaf-1 ${place} ${salt.toString('hex')} ${index} ${way.join(',')}`;
    const hash = (of: number) => (this.#hashes[of - 1] ?? NOTHING).toString('hex');
    const text = `chartkey-root-1 ${number} ${AT} 10 ${(level[0] ?? NOTHING).toString('hex')} ${hash(number - 1)} ${hash(number & (number - 1))} - ${this.key.public}`;
    this.lines.push(signed(text, this.key));
    this.#hashes.push(sha256(text));
  }

  /** What /activity gives: with every root back to this one, which is one way of several. */
  text(log: Entry[], { back = this.lines.length, keys = [`chartkey-key-1 ${this.key.public} 1 ${AT} - -`] } = {}): string {
    const roots = this.lines.slice(back - 1).reverse();
    const events = log.map(({ hash, event }) => `${hash.toString('hex')} ${event}`);
    return [`chartkey-chain-1 ${CHAIN}`, ...keys, ...roots, this.#leaf, 'chartkey-events-1', ...events, `chartkey-end-1 ${log.length}`, ''].join('\n');
  }
}

export type Report = Record<string, string>;
export type Check = (text: string, seen?: string) => Report;

/** The module of /activity, as the site holds it. */
export async function module(): Promise<Check> {
  const site = path.join(root, 'target/site');
  const assets = JSON.parse(readFileSync(path.join(site, 'assets.json'), 'utf8')) as Record<string, string>;
  const file = (name: string) => readFileSync(path.join(site, assets[name] ?? ''));
  const glue = (await import(`data:text/javascript;base64,${file('check.js').toString('base64')}`)) as {
    initSync: (given: { module: Buffer }) => void;
    Checking: new (seen?: string) => { feed: (piece: Uint8Array) => void; finish: () => string };
  };
  glue.initSync({ module: file('check.wasm') });
  return (text, seen) => {
    const checking = new glue.Checking(seen);
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += 65_536) checking.feed(bytes.subarray(from, from + 65_536));
    return Object.fromEntries(checking.finish().split(' ').map((word) => word.split('=') as [string, string]));
  };
}
