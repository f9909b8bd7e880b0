// People come back in: a second step, saved codes, devices, another address, and proving oneself again.
import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, field, look, newPerson, signIn, signOut, signUp, test } from '../house/test.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of RFC 6238 that an app shows so many half minutes from now. */
function appCode(seed: string, later = 0): string {
  const bits = [...seed].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.waitForURL('**/sign-in/code**');
  await field(page, 'Code').fill(code);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/home');
}

test('a second step is set up, asked for, replaced by a saved code, and the address is changed', { tag: ['@desktop', '@no-script'] }, async ({ page, mail }) => {
  const person = await signUp(page, mail);
  await page.goto('/account');
  await look(page, 'account');
  await page.getByRole('main').getByRole('link', { name: 'Second step' }).click();
  await look(page, 'account-second-factor-off');
  await page.getByRole('button', { name: 'Set it up' }).click();
  const seed = (await page.locator('.seed').innerText()).replaceAll(/\s/g, '');
  await look(page, 'account-second-factor-begun');
  await field(page, 'Code').fill('000000');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await field(page, 'Code').fill(appCode(seed));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(page.getByRole('heading', { name: 'Save these ten codes now' })).toBeVisible();
  const saved = await page.locator('.codes li').allInnerTexts();
  expect(saved).toHaveLength(10);
  await look(page, 'account-second-factor-codes');
  await page.getByRole('button', { name: 'I have saved them' }).click();
  await expect(page.locator('.codes')).toHaveCount(0);
  await look(page, 'account-second-factor-on');
  await signOut(page);

  // With a code of the app, later than the one that is used up.
  await signIn(page, person);
  await look(page, 'sign-in-code');
  await typeCode(page, appCode(seed, 1));

  // With a saved code, once.
  await signOut(page);
  await signIn(page, person);
  await typeCode(page, (saved[0] ?? '').toLowerCase());
  await signOut(page);
  await signIn(page, person);
  await page.waitForURL('**/sign-in/code**');
  await field(page, 'Code').fill(saved[0] ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await typeCode(page, saved[1] ?? '');

  await page.goto('/account/devices');
  await expect(page.getByRole('region', { name: 'Signed in on' }).locator('.row')).toHaveCount(1);
  await expect(page.getByText('This one')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Known devices' }).locator('.row')).toHaveCount(1);
  await expect(page.getByRole('region', { name: 'What has happened' })).toContainText('A saved code was used');
  await look(page, 'account-devices');

  // Another address, by the link that goes there.
  const { email } = newPerson();
  await page.goto('/account/email');
  await look(page, 'account-email');
  await field(page, 'New email address').fill(email);
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await expect(page.getByRole('heading', { name: 'Check your email' })).toBeVisible();
  await page.goto((await mail.only(email)).links[0] ?? '');
  await look(page, 'account-email-confirm');
  await page.getByRole('button', { name: 'Use this address' }).click();
  await expect(page.getByRole('heading', { name: 'Your email address is changed' })).toBeVisible();
  await page.goto('/account');
  await expect(page.getByText(email)).toBeVisible();

  // The address before was told, with the way back.
  await expect.poll(() => mail.to(person.email).some((message) => message.subject === 'Your address was changed')).toBe(true);
  const undo = mail.to(person.email).flatMap((message) => message.links).find((link) => link.includes('/account/email/undo'));
  await page.goto(undo ?? '');
  await look(page, 'account-email-undo');
  await page.getByRole('button', { name: 'Take my address back' }).click();
  await expect(page.getByRole('heading', { name: 'Your address is back' })).toBeVisible();
  await page.goto('/account');
  await page.waitForURL('**/welcome?to=/account');

  // The password opens nothing any more: another is chosen with the link that went to the address.
  const choosing = () => mail.to(person.email).flatMap((message) => message.links).find((link) => link.includes('/sign-in/new-password'));
  await expect.poll(choosing).toBeDefined();
  await page.goto(choosing() ?? '');
  const password = `another ${person.password}`;
  await field(page, 'New password').fill(password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.waitForURL('**/sign-in?done=password');
  await signIn(page, { ...person, password });
  await typeCode(page, saved[2] ?? '');
});

test('a lost second step is said on every page, and kept with one click', { tag: ['@desktop', '@no-script'] }, async ({ page, browser, house, mail }) => {
  const person = await signUp(page, mail);
  await page.goto('/account/second-factor');
  await page.getByRole('button', { name: 'Set it up' }).click();
  await field(page, 'Code').fill(appCode((await page.locator('.seed').innerText()).replaceAll(/\s/g, '')));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByRole('button', { name: 'I have saved them' }).click();

  const somebody = await (await browser.newContext({ baseURL: house.url })).newPage();
  await signIn(somebody, person);
  await somebody.getByRole('link', { name: 'I have neither' }).click();
  await somebody.getByRole('button', { name: 'Begin to wait' }).click();
  await expect(somebody.getByRole('heading', { name: 'The wait has begun' })).toBeVisible();

  await page.goto('/home');
  await expect(page.getByRole('heading', { name: 'Somebody says that your second step is lost' })).toBeVisible();
  await page.getByRole('link', { name: 'See, and stop it' }).click();
  await look(page, 'account-second-factor-lost');
  await page.getByRole('button', { name: 'It is not lost, keep it' }).click();
  await expect(page.getByRole('heading', { name: 'The second step stays on' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Somebody says that your second step is lost' })).toHaveCount(0);

  // The message came too; its link does the same, and nothing more.
  await expect.poll(() => mail.to(person.email).some((message) => message.subject === 'Is your second step lost?')).toBe(true);
  const keep = mail.to(person.email).flatMap((message) => message.links).find((link) => link.includes('/second-factor/keep'));
  await page.goto(keep ?? '');
  await look(page, 'account-second-factor-keep');
});

test('what needs a fresh sign-in asks for the password and leads back', { tag: '@desktop' }, async ({ page, mail, sql }) => {
  const person = await signUp(page, mail);
  sql(`update session s set signed_in_at = signed_in_at - interval '10 minutes',
      data = jsonb_set(data, '{signed_in,at}', to_jsonb((data #>> '{signed_in,at}')::timestamptz - interval '10 minutes'))
    from account a where a.account_id = s.account_id and a.email = '${person.email}'`);
  await page.goto('/account/password');
  await page.waitForURL('**/sign-in/again?to=/account/password');
  await look(page, 'sign-in-again');
  await field(page, 'Password').fill('not this one');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toContainText('That password is not right.');
  await field(page, 'Password').fill(person.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/account/password');
  await look(page, 'account-password');
  await field(page, 'New password').fill(`another ${person.password}`);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible();
});

for (const path of ['/sign-in/code', '/sign-in/lost']) {
  test(`${path} is accessible`, { tag: '@desktop' }, async ({ page }) => {
    await page.goto(path);
    await look(page, path.replaceAll('/', '-').slice(1));
  });
}

test('what messages are sent about is chosen', { tag: ['@desktop', '@no-script'] }, async ({ page, mail }) => {
  await signUp(page, mail);
  await page.goto('/account');
  await page.getByRole('link', { name: 'Choose what we write about' }).click();
  await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(3);
  await look(page, 'account-messages');
  await page.getByRole('checkbox', { name: 'A share ends soon' }).uncheck();
  await page.getByRole('button', { name: 'Save the choice' }).click();
  await expect(page.getByRole('heading', { name: 'Your choice is saved' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'A share ends soon' })).not.toBeChecked();
  await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(2);
});
