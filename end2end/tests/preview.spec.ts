// See as they will see: a patient looks through their own record with the eyes of whom they are about to share with, on every
// width, in both languages and without script; and the question that asks whether a share was understood.

import type { Page } from '@playwright/test';
import { answer, claim, heartDoctor } from '../house/journey.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

/** Nothing is wider than the screen. */
async function fits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content, `the width of ${page.url()}`).toBeLessThanOrEqual(window ?? 0);
}

async function speak(page: Page, language: string): Promise<void> {
  await page.goto('/account');
  await page.locator(`[name=language][value="${language}"]`).check();
  await page.locator('main form[action="/api/choose-language"] button').click();
  await page.waitForURL('**/account?done=language');
}

test('a patient walks through their record as it will be seen, changes nothing, and comes back', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await answer(page, 'Dr Hana Lindqvist', ['Results', 'Medicines']);
  const check = page.url();
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await fits(page);
  await shoot(page, 'preview-check');

  await page.getByRole('button', { name: 'See as they will see' }).click();
  await page.waitForURL('**/sharing/*/preview');
  const eyes = page.getByRole('region', { name: 'Looking with somebody else’s eyes' });
  await expect(eyes).toContainText('You see your record as Dr Hana Lindqvist will see it.');
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist at Northgate Heart Clinic can see your medicines and results');
  await expect(page.getByRole('main')).toContainText('Not shared with you');
  await page.locator('.counts summary').click();
  await expect(page.locator('.counts')).toContainText('Visits');
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await fits(page);
  await shoot(page, 'preview');
  for (const control of await page.locator('main :is(button, input:not([type=hidden]), select, textarea)').all()) await expect(control).toBeDisabled();

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Results' }).click();
  await page.waitForURL('**/preview/results');
  await expect(page.locator('.counts')).toHaveCount(0);
  await page.getByRole('main').getByRole('link').filter({ hasText: /\w/ }).nth(3).click();
  await page.waitForURL('**/preview/**');
  await expect(eyes).toContainText('Dr Hana Lindqvist');
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await fits(page);
  await shoot(page, 'preview-thing');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Visits' }).click();
  await expect(page.getByRole('main')).toContainText('Not shared with you');

  await eyes.getByRole('link', { name: 'Back to your answers' }).click();
  await page.waitForURL(check);
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await page.getByRole('link', { name: 'See as they see' }).click();
  await expect(eyes).toContainText('You see your record as Dr Hana Lindqvist sees it.');
  await eyes.getByRole('link', { name: 'Back to the share' }).click();
  await page.goto('/activity');
  await expect(page.locator('.entry').filter({ hasText: 'looked at this record as a share shows it' })).toHaveCount(2);
});

test('the question says what is right, leads to the answer to change, and stops nobody', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await answer(page, 'Dr Hana Lindqvist', ['Results']);
  const question = page.locator('#answer .asked');
  await expect(question).toContainText('With this share, will Dr Hana Lindqvist see');
  const asked = await question.innerText();
  await page.getByRole('button', { name: 'Yes', exact: true }).click();
  await page.waitForURL('**step=check#understanding');
  const said = page.locator('#understanding');
  await expect(said).toContainText('It is the other way');
  await expect(said).toContainText(asked);
  await expect(said).toContainText('Dr Hana Lindqvist cannot see');
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await fits(page);
  await shoot(page, 'understanding');
  await said.getByRole('link', { name: /Change it/ }).click();
  await page.waitForURL('**step=what');
  await page.goBack();
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  const [kept = ''] = sql(`select check_answer from grant_event where patient_id = '${record}' and kind = 'given'`);
  expect(JSON.parse(kept)).toMatchObject([{ question: asked, answer: 'yes' }]);
});

test('both are in Spanish', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await answer(page, 'Dr Hana Lindqvist', ['Results']);
  const check = page.url();
  await speak(page, 'es');
  await page.goto(check);
  await expect(page.locator('#answer .asked')).toContainText('Con este permiso, ¿podrá ver Dr Hana Lindqvist');
  await page.getByRole('button', { name: 'No lo sé' }).click();
  await expect(page.locator('#understanding')).toContainText('Esta es la respuesta');
  await page.getByRole('button', { name: 'Ver lo que se verá' }).click();
  await page.waitForURL('**/sharing/*/preview');
  await expect(page.locator('.eyes').first()).toContainText('Usted ve su historia clínica como la verá Dr Hana Lindqvist.');
  await expectAccessible(page);
  await fits(page);
  await shoot(page, 'preview-es');
});
