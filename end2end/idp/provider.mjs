// An OpenID provider for tests and the demo: node provider.mjs CONFIG.json
//
// `oidc-provider` does the protocol; this file gives it people, keys and a plain sign-in page. The configuration (see
// config.mjs) names the issuer, the client and the accounts; it is a file because it holds the client's secret.
//
// It prints `ready ISSUER` once it listens, and again after each signal:
//   SIGHUP   reads its configuration again (an organization's return address is known only once it is registered)
//   SIGUSR2  signs with a new key and forgets the old one
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider, interactionPolicy } from 'oidc-provider';
import { accountNamed, readConfig } from './config.mjs';
import { newKeys } from './keys.mjs';
import { signInPage, sorryPage } from './pages.mjs';

const file = process.argv[2];
if (!file) {
  console.error('usage: node provider.mjs CONFIG.json');
  process.exit(2);
}

const cookieKeys = [randomUUID()];
let config = readConfig(file);
let keys = await newKeys(config.algorithm);
let provider;
let issuer;

/** People of a rehearsal share one browser: whoever arrives is asked who they are, each time. */
function alwaysAsk() {
  const { base, Check } = interactionPolicy;
  const policy = base();
  policy.get('login').checks.add(
    new Check('asked_each_time', 'the person is asked each time', (ctx) => (ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT)),
  );
  policy.remove('consent');
  return policy;
}

/** A provider with the people and keys of now. Codes and sessions outlive it: the library keeps them beside, not in, a provider. */
function build() {
  const port = new URL(issuer).port;
  const made = new Provider(issuer, {
    clients: [
      {
        client_id: config.client.id,
        client_secret: config.client.secret,
        redirect_uris: config.client.redirectUris,
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: config.algorithm,
      },
    ],
    jwks: keys,
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    pkce: { required: () => true },
    // The claims by which Chartkey knows a clinician stand in the ID token, where their signature covers them.
    claims: { openid: ['sub', 'name', 'profession', 'npi', 'email'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { policy: alwaysAsk(), url: (ctx, { uid }) => `/sign-in/${uid}` },
    findAccount: (ctx, sub) => {
      const account = config.accounts.find((one) => one.sub === sub);
      if (!account) return undefined;
      const { username, password, ...claims } = account;
      return { accountId: sub, claims: () => claims };
    },
    // The organization decided for its people: nobody is asked again whether Chartkey may know their name.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope(ctx.oidc.params.scope);
      await grant.save();
      return grant;
    },
    // Cookies know no ports: two providers and Chartkey share the cookies of 127.0.0.1, so the names differ.
    cookies: {
      names: { session: `idp_${port}_session`, interaction: `idp_${port}_interaction`, resume: `idp_${port}_resume` },
      keys: cookieKeys,
    },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 60, IdToken: 300, AuthorizationCode: 60 },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = sorryPage(config.name, out.error_description ?? out.error);
    },
  });
  made.on('server_error', (ctx, error) => console.error(error));
  return made;
}

function html(response, status, body) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  response.end(body);
}

/** The fields of a form, of at most 10 kB. */
async function fields(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 10_000) throw new Error('the form is too large');
  }
  return new URLSearchParams(body);
}

async function signIn(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return html(response, 200, signInPage(config, uid));
  const form = await fields(request);
  const account = accountNamed(config, form.get('username'), form.get('password'));
  if (!account) return html(response, 401, signInPage(config, uid, 'That user name and password do not belong together.'));
  const login = { accountId: account.sub, amr: ['pwd'], remember: false };
  return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

const server = createServer((request, response) => {
  if (request.url.startsWith('/sign-in/')) {
    signIn(request, response).catch((error) => html(response, 400, sorryPage(config.name, error.error_description ?? error.message)));
  } else {
    provider.callback()(request, response);
  }
});

function ready() {
  provider = build();
  console.log(`ready ${issuer}`);
}

process.on('SIGHUP', () => {
  config = readConfig(file);
  ready();
});
process.on('SIGUSR2', async () => {
  keys = await newKeys(config.algorithm);
  ready();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));

server.listen(config.port, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  ready();
});
