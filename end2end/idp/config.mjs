// What a provider is told:
//
// {
//   "name": "Riverside Family Practice",        what its pages say
//   "port": 4101,                               0 or none: a free one
//   "algorithm": "RS256",                       of the ID token: RS256 (default), PS256, ES256 or EdDSA
//   "client": { "id": "chartkey", "secret": "…", "redirectUris": ["http://127.0.0.1:3000/auth/…/callback"] },
//   "accounts": [{ "sub": "r-1", "username": "lee", "password": "…", "name": "Dr Ada Lee", "profession": "physician", "npi": "1234567893", "email": "…" }]
// }
//
// All of an account but `username` and `password` becomes claims of the ID token, as it is written.
import { readFileSync } from 'node:fs';

export function readConfig(file) {
  const config = JSON.parse(readFileSync(file, 'utf8'));
  for (const key of ['name', 'client', 'accounts']) {
    if (!config[key]) throw new Error(`${file}: "${key}" is missing`);
  }
  return {
    ...config,
    port: config.port ?? 0,
    algorithm: config.algorithm ?? 'RS256',
    client: { ...config.client, redirectUris: config.client.redirectUris ?? [] },
  };
}

/** The account of a user name and password, or nothing. */
export function accountNamed(config, username, password) {
  return config.accounts.find((account) => account.username === username && account.password === password);
}
