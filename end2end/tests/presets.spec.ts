// What is often asked for fills the question in, and is changed; and everything that was given stops in one step.
import { claim, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('a preset ticks what it says, is changed, and all sharing stops in one step', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });

  await page.goto('/sharing/new');
  await page.getByRole('radio', { name: 'Dr Hana Lindqvist' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await look(page, 'presets');
  await page.getByRole('link', { name: 'What a heart clinic needs' }).click();
  await expect(page.getByRole('main')).toContainText('Ticked: What a heart clinic needs.');
  const ticked = async () => (await page.getByRole('checkbox', { checked: true }).evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value))).sort();
  expect(await ticked()).toEqual(['allergies', 'devices', 'imaging', 'medicines', 'problems', 'procedures', 'results', 'visits', 'vitals']);
  await look(page, 'preset-heart');
  // Nothing is kept of it before the form is sent.
  expect(sql(`select fields ->> 'categories' from draft d join patient_holder h using (account_id) where h.patient_id = '${record}'`)).toEqual(['0']);
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('link', { name: 'What a dentist needs' }).click();
  expect(await ticked()).toEqual(['allergies', 'devices', 'imaging', 'medicines', 'problems', 'procedures']);
  await page.getByRole('checkbox', { name: 'Imaging' }).uncheck();
  await page.getByRole('checkbox', { name: 'Results' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('.grant .sentence')).toContainText('can see your problems, medicines, allergies, results, procedures and devices, for treatment');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await openShared(doctor, record, sql);
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);

  await page.goto('/sharing');
  await look(page, 'stop-all');
  await page.getByRole('button', { name: 'Stop all sharing now' }).click();
  await expect(page.getByRole('main')).toContainText('All sharing has ended.');
  await expect(page.getByRole('button', { name: 'Stop all sharing now' })).toHaveCount(0);
  if (info.project.name !== 'no-script') await expect(doctor.locator('#cover')).toBeVisible();
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(404);
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('stopped all sharing');
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto('/sharing/new');
  await page.getByRole('radio', { name: 'Dr Hana Lindqvist' }).check();
  await page.getByRole('button', { name: 'Continuar' }).click();
  await page.getByRole('button', { name: 'Continuar' }).click();
  await expect(page.getByRole('link', { name: 'Lo que necesita cardiología' })).toBeVisible();
  await look(page, 'es-presets');
});
