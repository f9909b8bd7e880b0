// A signing key made now, in the form that `oidc-provider` takes. It lives as long as the process.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';

export async function newKeys(algorithm) {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { keys: [{ ...(await exportJWK(privateKey)), alg: algorithm, use: 'sig', kid: randomUUID() }] };
}
