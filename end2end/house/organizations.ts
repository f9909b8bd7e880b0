// Two organizations with people of their own, each with a running OpenID provider.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './place.ts';
import { Running } from './process.ts';

export interface Clinician {
  sub: string;
  username: string;
  password: string;
  name: string;
  profession?: string;
  npi?: string;
  email?: string;
}

export interface Organization {
  name: string;
  /** Its part of addresses. */
  slug: string;
  issuer: string;
  /** Of the provider: SIGUSR2 makes it sign with a new key. */
  pid: number;
  clientId: string;
  clientSecret: string;
  accounts: Clinician[];
}

/** NPIs are invented; the last digit makes them valid, as Chartkey checks. */
const people: { name: string; slug: string; algorithm: string; accounts: Clinician[] }[] = [
  {
    name: 'Riverside Family Practice',
    slug: 'riverside',
    algorithm: 'RS256',
    accounts: [
      { sub: 'riverside-1', username: 'lee', password: 'lee-at-riverside', name: 'Dr Ada Lee', profession: 'physician', npi: '1234567893' },
      { sub: 'riverside-2', username: 'okafor', password: 'okafor-at-riverside', name: 'Ngozi Okafor', profession: 'nurse', npi: '1245319599' },
      { sub: 'riverside-3', username: 'reception', password: 'desk-at-riverside', name: 'Sam Desk' },
    ],
  },
  {
    name: 'Northgate Heart Clinic',
    slug: 'northgate',
    algorithm: 'ES256',
    accounts: [
      { sub: 'northgate-1', username: 'lindqvist', password: 'lindqvist-at-northgate', name: 'Dr Hana Lindqvist', profession: 'physician', npi: '1679576722' },
      // The same person as at Riverside by name and e-mail address, and somebody else by subject: never matched.
      { sub: 'northgate-2', username: 'lee', password: 'lee-at-northgate', name: 'Dr Ada Lee', profession: 'physician', npi: '1003000126' },
      // Of whom the clinic says no profession; the operator knows what they are called.
      { sub: 'northgate-3', username: 'weiss', password: 'weiss-at-northgate', name: 'The Great Healer' },
    ],
  },
];

export interface StartedOrganization extends Organization {
  provider: Running;
  config: string;
}

/** Starts the providers. Where each may return to is written later, once the organization is registered. */
export function startProviders(directory: string, secret: () => string): Promise<StartedOrganization[]> {
  return Promise.all(
    people.map(async ({ name, slug, algorithm, accounts }, index) => {
      const config = path.join(directory, `provider-${index + 1}.json`);
      const client = { id: 'chartkey', secret: secret(), redirectUris: [] as string[] };
      writeFileSync(config, JSON.stringify({ name, algorithm, client, accounts }), { mode: 0o600 });
      const provider = Running.start(name, process.execPath, [path.join(root, 'end2end/idp/provider.mjs'), config], { env: process.env, log: path.join(directory, 'providers.log') });
      const issuer = (await provider.says(/^ready (.+)$/))[1] ?? '';
      return { name, slug, issuer, pid: provider.pid, clientId: client.id, clientSecret: client.secret, accounts, provider, config };
    }),
  );
}

/** Tells a provider where it may send people back to. */
export async function allowReturn(organization: StartedOrganization, address: string): Promise<void> {
  const { name, clientId, clientSecret, accounts, config } = organization;
  const algorithm = people.find((one) => one.name === name)?.algorithm;
  writeFileSync(config, JSON.stringify({ name, algorithm, port: Number(new URL(organization.issuer).port), client: { id: clientId, secret: clientSecret, redirectUris: [address] }, accounts }));
  await organization.provider.told('SIGHUP', /^ready /);
}
