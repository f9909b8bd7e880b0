// A clinician asks by a share name; the patient asks why, gives less than was asked for, and refuses the next one.
import type { Page } from '@playwright/test';
import { claim, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

async function ask(doctor: Page, name: string, categories: string[]): Promise<void> {
  await doctor.goto('/shared/ask');
  await doctor.getByLabel('Their share name').fill(name);
  for (const category of categories) await doctor.getByRole('checkbox', { name: category, exact: true }).check();
  await doctor.getByRole('radio', { name: 'A week' }).check();
  await doctor.getByLabel('Why do you need it?').fill('Your practice says that your heart skips.');
  await doctor.getByRole('button', { name: 'Ask', exact: true }).click();
}

test('a clinician asks, the patient asks why, gives less, and refuses the next', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize() })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });

  await page.goto('/sharing');
  await page.getByRole('link', { name: 'Who asks to see your record' }).click();
  await expect(page.getByRole('main')).toContainText('You have none, so nobody can ask.');
  await page.getByRole('button', { name: 'Make a share name' }).click();
  const name = await page.locator('.code strong').innerText();
  expect(name).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  await look(page, 'share-name');

  // What was chosen is there again where something is missing; a name that nobody has is answered like any other.
  await ask(doctor, '-', ['Results', 'Medicines']);
  await expect(doctor.getByRole('main')).toContainText('Write the share name that the patient gave you.');
  await expect(doctor.getByRole('checkbox', { name: 'Medicines', exact: true })).toBeChecked();
  await expect(doctor.getByRole('radio', { name: 'A week' })).toBeChecked();
  await expect(doctor.getByLabel('Why do you need it?')).toHaveValue('Your practice says that your heart skips.');
  await look(doctor, 'ask');
  const nobody = Array.from({ length: 12 }, () => 'ABCDEFGH'.charAt(Math.floor(Math.random() * 8))).join('');
  await ask(doctor, nobody, ['Results']);
  await expect(doctor.getByRole('main')).toContainText('You learn nothing more until they answer.');
  await ask(doctor, name, ['Results', 'Medicines']);
  await expect(doctor.getByRole('main')).toContainText('You learn nothing more until they answer.');
  await look(doctor, 'asked');

  await page.goto('/home');
  await page.getByRole('link', { name: 'A clinician asks to see something of yours.' }).click();
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist asks');
  await expect(page.getByRole('main')).toContainText('Your practice says that your heart skips.');
  await look(page, 'requests');
  await page.getByRole('link', { name: 'Ask why' }).click();
  await page.getByLabel('Your words').fill('Who told you that?');
  await look(page, 'ask-why');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('main')).toContainText('It is sent.');
  await doctor.goto('/shared/ask');
  await expect(doctor.getByRole('main')).toContainText('Who told you that?');
  await doctor.getByRole('link', { name: 'Answer' }).click();
  await doctor.getByLabel('Your words').fill('Your last letter from the hospital.');
  await doctor.getByRole('button', { name: 'Send' }).click();

  await page.goto('/sharing/requests');
  await expect(page.getByRole('main')).toContainText('Your last letter from the hospital.');
  await page.getByRole('button', { name: 'Look at it, and decide' }).click();
  await page.waitForURL('**step=check');
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist at Northgate Heart Clinic can see your medicines and results');
  await page.goto(page.url().replace('step=check', 'step=what'));
  await page.getByRole('checkbox', { name: /^Medicines/ }).uncheck();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await doctor.goto('/shared/ask');
  await expect(doctor.getByRole('main')).toContainText('A share was given');
  await openShared(doctor, record, sql);
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);
  await doctor.goto(`/record/${record}/medicines`);
  await expect(doctor.getByRole('main')).toContainText('Not shared with you');

  await ask(doctor, name, ['Medicines']);
  await page.goto('/sharing/requests');
  await page.getByRole('button', { name: /^Refuse/ }).click();
  await expect(page.getByRole('main')).toContainText('You have refused.');
  await look(page, 'requests-answered');
  await doctor.goto('/shared/ask');
  await expect(doctor.getByRole('main')).toContainText('Refused');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('asked you for a share');
  await expect(page.getByRole('main')).toContainText('By the share name that you gave');
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto('/sharing/requests');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Quién pide ver su historia clínica');
  await look(page, 'es-requests');
});
