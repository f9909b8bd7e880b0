// What `chartkey rehearse --json` printed, for the providers and for people.
//
//   node from-rehearsal.mjs FILE PUBLIC-URL DIRECTORY   writes a configuration for each organization and prints their names
//   node from-rehearsal.mjs FILE PUBLIC-URL             prints the accounts in words
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [file, url, directory] = process.argv.slice(2);
const { people, organizations } = JSON.parse(readFileSync(file, 'utf8'));

if (directory) {
  organizations.forEach((organization, index) => {
    const config = path.join(directory, `provider-${index + 1}.json`);
    const client = { id: organization.client_id, secret: organization.client_secret, redirectUris: [`${url}/auth/${organization.id}/callback`] };
    const port = Number(new URL(organization.issuer).port);
    writeFileSync(config, JSON.stringify({ name: organization.name, port, client, accounts: organization.clinicians }), { mode: 0o600 });
    console.log(config);
  });
} else {
  console.log(`People (${url}/sign-in):`);
  for (const { name, email, password, about } of people) console.log(`  ${email}   ${password}   ${name}${about ? `, ${about}` : ''}`);
  console.log(`Clinicians (${url}/clinicians):`);
  for (const organization of organizations) {
    console.log(`  ${organization.name}`);
    for (const { username, password, name, profession } of organization.clinicians) console.log(`    ${username}   ${password}   ${name}, ${profession ?? 'not a clinician'}`);
  }
  console.log();
}
