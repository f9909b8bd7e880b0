// A doctor is blocked: their open page closes, nothing reaches them, and they are let in again.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('a doctor who is blocked gets nothing, and their open page closes', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await give(page, ['Results']);
  await openShared(doctor, record, sql);
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);

  await page.goto('/sharing');
  await page.getByRole('link', { name: 'Whom you have blocked' }).click();
  await expect(page.getByRole('main')).toContainText('You have blocked nobody.');
  await page.getByRole('link', { name: 'Block somebody' }).click();
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('Choose whom you want to block.');
  await look(page, 'block-nobody');
  await page.getByRole('radio', { name: 'Dr Hana Lindqvist' }).check();
  await look(page, 'block-who');
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('They are blocked.');
  await look(page, 'blocked');

  await expect(doctor.locator('#cover')).toBeVisible();
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(404);
  await doctor.goto('/shared');
  const [grant = ''] = sql(`select grant_id from access_grant where patient_id = '${record}'`);
  expect(await doctor.locator(`[value="${grant}"]`).count(), 'not in their list either').toBe(0);
  await page.goto('/sharing');
  await expect(page.getByRole('main')).toContainText('Nobody but you. A key is cut only when you hand one out.');
  await page.getByRole('link', { name: 'You have blocked them: nobody sees anything through this.' }).click();
  await page.getByRole('button', { name: 'Unblock Dr Hana Lindqvist' }).click();
  await expect(page.getByRole('main')).toContainText('They are not blocked any more.');
  await doctor.goto('/shared');
  await openShared(doctor, record, sql);
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);

  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('blocked somebody');
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist, Northgate Heart Clinic');
  await speak(page, 'es');
  await page.goto('/sharing/blocked?ask=block');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('¿A quién quiere bloquear?');
  await look(page, 'es-block-who');
});
