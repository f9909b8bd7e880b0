// Somebody cannot sign in: they find what to do, and the patient gives them paper. Then the operator admits them by name.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { answer, claimBundle } from '../house/journey.ts';
import { bundleOfVisit } from '../house/record.ts';
import { expect, field, look, test } from '../house/test.ts';

const CHECKED = 'Passport seen by video call; licence 77 found in the register of the chamber.';

/** Signs Dr Weiss in at the independent clinicians; the provider may have to be told first where it leads back to. */
async function signIn(page: Page, slug: string): Promise<void> {
  await expect(async () => {
    await page.goto(`/auth/${slug}/start`);
    await field(page, 'User name').fill('weiss', { timeout: 1_000 });
  }).toPass();
  await field(page, 'Password').fill('weiss-at-northgate');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('whoever cannot sign in is given paper, and is let in once the operator has checked them', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const slug = `alone-${info.project.name}`;
  const northgate = house.organizations[1];
  if (!northgate) throw new Error('no organization');
  const config = path.join(house.place, 'provider-2.json');
  const provider = JSON.parse(readFileSync(config, 'utf8')) as { client: { redirectUris: string[] } };
  provider.client.redirectUris.push(`${house.url}/auth/${slug}/callback`);
  writeFileSync(config, JSON.stringify({ ...provider, port: Number(new URL(northgate.issuer).port) }));
  process.kill(northgate.pid, 'SIGHUP');
  const secret = path.join(house.place, `${slug}.secret`);
  writeFileSync(secret, northgate.clientSecret, { mode: 0o600 });
  const name = `Independent clinicians (${info.project.name})`;
  await chartkeyOk(['organization', 'add', '--independent', '--name', name, '--slug', slug, '--issuer', northgate.issuer, '--client-id', northgate.clientId, '--client-secret-file', secret]);

  const record = await claimBundle(page, bundleOfVisit(), { house, mail, chartkeyOk, sql });
  await answer(page, 'Somebody else: give them a code', ['Results', 'Medicines']);
  await page.getByRole('button', { name: 'Make the code' }).click();
  await page.waitForURL('**/sharing/codes**');
  const code = await page.locator('.code strong').innerText();
  await look(page, 'code-with-paper');
  await page.getByRole('link', { name: 'See what it shows' }).click();
  await expect(page.getByRole('main')).toContainText('Iron tablets');
  await expect(page.getByRole('main')).not.toContainText('Anaemia');
  await page.goto('/sharing/codes');

  // For today: paper.
  await page.getByRole('link', { name: 'They cannot sign in? Give them paper' }).click();
  await expect(page.getByRole('main')).toContainText('Paper cannot be taken back');
  await look(page, 'code-paper');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as PDF' }).click();
  const file = execFileSync('pdftotext', ['-raw', await (await waiting).path(), '-']).toString();
  await page.getByRole('link', { name: 'Make the page to print' }).click();
  const paper = page.locator('article.paper');
  for (const there of ['Haemoglobin', 'Iron tablets', 'This may not be everything.']) {
    await expect(paper).toContainText(there);
    expect(file).toContain(there);
  }
  for (const kept of ['Anaemia', 'Peanut', 'Blood test', 'None', 'not shared']) {
    await expect(paper).not.toContainText(kept);
    expect(file).not.toContain(kept);
  }
  await look(page, 'code-paper-print');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('took a part of this record on paper');

  // Who cannot sign in finds what to do, with or without the code.
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.use.javaScriptEnabled })).newPage();
  await doctor.goto('/redeem');
  await doctor.getByRole('link', { name: 'Is your practice not in the list?' }).click();
  await expect(doctor.getByRole('heading', { level: 1 })).toHaveText('Your practice is not here yet');
  await expect(doctor.getByRole('main')).not.toContainText('Robin');
  await look(doctor, 'practice-missing');
  await signIn(doctor, slug);
  await expect(doctor.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await look(doctor, 'clinician-not-admitted');
  await doctor.getByRole('link', { name: 'Is your practice not in the list?' }).click();
  await doctor.getByLabel('Name of the practice').fill(`Weiss by the Sea, ${info.project.name}`);
  await doctor.getByLabel('Email address or phone number').fill('ask me');
  await doctor.getByRole('button', { name: 'Send' }).click();
  await expect(doctor.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await expect(doctor.getByLabel('Name of the practice')).toHaveValue(/Weiss by the Sea/);
  await look(doctor, 'practice-problem');
  await doctor.getByLabel('Email address or phone number').fill('desk@sea.example');
  await doctor.getByRole('button', { name: 'Send' }).click();
  await expect(doctor.getByRole('status')).toContainText('Sent');
  await look(doctor, 'practice-sent');
  const asked = JSON.parse(await chartkeyOk(['organization', 'requests', '--json'])) as { request: string; practice: string }[];
  const mine = asked.filter(({ practice }) => practice === `Weiss by the Sea, ${info.project.name}`);
  expect(mine).toHaveLength(1);
  await chartkeyOk(['organization', 'close-request', '--request', mine[0]?.request ?? '', '--reason', 'admitted']);

  // The operator has checked them: they sign in under the name that was checked.
  await chartkeyOk(['organization', 'admit', '--organization', slug, '--subject', 'northgate-3', '--name', 'Dr Jana Weiss', '--profession', 'physician', '--licence', '77', '--checked', CHECKED]);
  await signIn(doctor, slug);
  await expect(doctor).toHaveURL(`${house.url}/shared`);
  await doctor.goto('/redeem');
  await field(doctor, 'Code').fill(code);
  await doctor.getByRole('button', { name: 'Use a code' }).click();
  await page.goto('/sharing/codes');
  await expect(page.getByRole('heading', { name: 'Dr Jana Weiss used your code' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(CHECKED);
  await expect(page.getByRole('main')).not.toContainText('Healer');
  await look(page, 'redeemed-by-independent');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await expect(page.getByRole('main')).toContainText(CHECKED);
  await look(page, 'grant-to-independent');
  await doctor.goto('/shared');
  await doctor.getByRole('button', { name: /Robin Example/ }).first().click();
  await doctor.waitForURL(`**/record/${record}`);

  // Dismissed, they have nothing, and the patient reads why.
  await chartkeyOk(['organization', 'dismiss', '--organization', slug, '--subject', 'northgate-3', '--reason', 'licence ended']);
  await doctor.goto(`/record/${record}`);
  await expect(doctor).toHaveURL(/\/welcome/);
  await page.reload();
  await expect(page.getByRole('main')).toContainText('let them in no more');
  await look(page, 'grant-to-dismissed');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('licence ended');
  await doctor.context().close();
});
