// Passkeys, with Chromium's virtual authenticator: added, used to sign in and to prove oneself again, and removed; and what is refused.
import type { CDPSession, Page } from '@playwright/test';
import { expect, expectAccessible, field, shoot, signIn, signOut, signUp, test, type Person } from '../house/test.ts';

/** A telephone that recognises its holder. */
async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, id: authenticatorId };
}

async function add(page: Page, name: string): Promise<void> {
  await page.goto('/account/passkeys/add');
  await field(page, 'What do you call this device?').fill(name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByRole('heading', { name: 'The passkey is added' })).toBeVisible();
}

/** As if the last sign-in had been ten minutes ago. */
function ago(sql: (statement: string) => string[], { email }: Person): void {
  sql(`update session s set signed_in_at = s.signed_in_at - interval '10 minutes', data = jsonb_set(data, '{signed_in,at}', to_jsonb(to_char((s.signed_in_at - interval '10 minutes') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
    from account a where a.account_id = s.account_id and a.email = '${email}'`);
  sql(`update account set sessions_valid_after = '-infinity' where email = '${email}'`);
}

test('a passkey is added, signs in alone, proves again, and is removed', { tag: '@desktop' }, async ({ page, mail, sql }) => {
  await authenticator(page);
  const person = await signUp(page, mail);
  await page.goto('/account');
  await page.getByRole('main').getByRole('link', { name: 'Passkeys' }).click();
  await expectAccessible(page);
  await shoot(page, 'account-passkeys-none');
  await page.goto('/account/passkeys/add');
  await expectAccessible(page);
  await shoot(page, 'account-passkeys-add');
  await add(page, 'My <b>phone</b>');
  await expectAccessible(page);
  await shoot(page, 'account-passkeys');

  await signOut(page);
  await page.goto('/sign-in');
  await expectAccessible(page);
  await shoot(page, 'sign-in-passkey');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL('**/home');

  ago(sql, person);
  await page.goto('/account/passkeys/add');
  await page.waitForURL('**/sign-in/again**');
  await expectAccessible(page);
  await shoot(page, 'sign-in-again-passkey');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(field(page, 'What do you call this device?')).toBeVisible();

  await page.goto('/account/passkeys');
  await page.getByRole('button', { name: /^Remove ?: My/ }).click();
  await expect(page.getByRole('heading', { name: 'The passkey is removed' })).toBeVisible();
  await signOut(page);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText('That passkey opens nothing here.').first()).toBeVisible();
  await signIn(page, person);
  await page.waitForURL('**/home');
});

test('an answer is taken once, and none of another origin', async ({ page, mail }) => {
  await authenticator(page);
  await signUp(page, mail);
  await add(page, 'Phone');
  await signOut(page);
  await page.goto('/sign-in');
  const [sent] = await Promise.all([
    page.waitForRequest('**/api/sign-in-passkey'),
    page.getByRole('button', { name: 'Sign in with a passkey' }).click(),
  ]);
  await page.waitForURL('**/home');
  const cookies = await page.context().cookies();
  const asked = cookies.filter(({ name }) => name === 'chartkey-passkey').map(({ name, value }) => `${name}=${value}`).join('; ');
  expect(asked).not.toBe('');
  const send = (form: string, cookie: string) =>
    fetch(new URL('/api/sign-in-passkey', page.url()), {
      method: 'POST',
      headers: { cookie, origin: new URL(page.url()).origin, 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      body: form,
      redirect: 'manual',
    });
  const replayed = await send(sent.postData() ?? '', asked);
  expect(replayed.headers.get('location')).toBe('/sign-in?problem=passkey-ended');

  // Another question, answered by what was signed for the first.
  const question = await fetch(new URL('/api/ask-for-passkey', page.url()), {
    method: 'POST',
    headers: { origin: new URL(page.url()).origin, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: '',
  });
  const cookie = (question.headers.getSetCookie().find((one) => one.startsWith('chartkey-passkey=')) ?? '').split(';')[0] ?? '';
  const { challenge } = JSON.parse((await question.json()) as string) as { challenge: string };
  const old = JSON.parse(new URLSearchParams(sent.postData() ?? '').get('credential') ?? '{}') as { response: { clientDataJSON: string } };
  const said = { type: 'webauthn.get', challenge, origin: 'https://evil.example', crossOrigin: false };
  const forged = { ...old, response: { ...old.response, clientDataJSON: Buffer.from(JSON.stringify(said)).toString('base64url') } };
  const refused = await send(new URLSearchParams({ credential: JSON.stringify(forged) }).toString(), cookie);
  expect(refused.headers.get('location')).toBe('/sign-in?problem=wrong-passkey');
});

test('without script no passkey is offered @no-script @only', async ({ page, mail }) => {
  await signUp(page, mail);
  await page.goto('/account/passkeys/add');
  // Playwright finds no text inside of it by itself.
  await expect(page.locator('noscript p', { hasText: 'A passkey needs JavaScript' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toBeHidden();
  await signOut(page);
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in with a passkey' })).toBeHidden();
});
