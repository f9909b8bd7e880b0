// A share that ends is announced and made longer; when it has ended, whoever had it is told so and asks again.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('a share is announced before it ends, made longer, and asked for again when it has ended', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize() })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  const pass = (days: number) =>
    sql(`update access_grant set starts_at = starts_at - interval '${days} days', created_at = created_at - interval '${days} days', ends_at = ends_at - interval '${days} days' where patient_id = '${record}'`);
  await give(page, ['Results']);
  await openShared(doctor, record, sql);
  pass(25);

  await page.goto('/home');
  await page.getByRole('link', { name: 'Something that you share ends soon. Make it longer, or let it end.' }).click();
  await expect(page.getByRole('main')).toContainText('Ends soon');
  await page.goto('/home');
  await look(page, 'ending-home');
  await page.getByRole('link', { name: /^Make it longer or stop/ }).click();
  await look(page, 'ending-share');
  await doctor.goto('/shared');
  await expect(doctor.locator('section', { has: doctor.getByRole('link', { name: /^Ask for longer/ }) }).first()).toContainText('Ends soon');
  await look(doctor, 'ending-shared');
  await page.getByRole('button', { name: 'Make it longer' }).click();
  await page.waitForURL('**step=time');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check, then hand over the key');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await page.goto('/home');
  await expect(page.getByRole('main')).not.toContainText('ends soon');
  expect((await doctor.goto(`/record/${record}/results`))?.status(), 'the new version goes on where the old one was').toBe(200);

  pass(31);
  const over = await doctor.goto(`/record/${record}/results`);
  expect(over?.status()).toBe(404);
  await expect(doctor.getByRole('heading', { level: 1 })).toHaveText('What was shared with you here has ended');
  await look(doctor, 'ended');
  await doctor.getByRole('link', { name: 'Ask again' }).click();
  await look(doctor, 'ask-again');
  await doctor.getByLabel('Why do you need it?').fill(' ');
  await doctor.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(doctor.getByRole('main')).toContainText('Write something, in up to 600 letters.');
  await doctor.getByLabel('Why do you need it?').fill('You come for the last check next week.');
  await doctor.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(doctor.getByRole('main')).toContainText('The patient sees what you ask for.');
  await page.goto('/sharing/requests');
  await expect(page.getByRole('main')).toContainText('You come for the last check next week.');
  await page.getByRole('button', { name: 'Look at it, and decide' }).click();
  await page.waitForURL('**step=check');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);

  if (info.project.name === 'no-script') return;
  pass(31);
  await speak(doctor, 'es');
  await doctor.goto(`/record/${record}`);
  await expect(doctor.getByRole('heading', { level: 1 })).toHaveText('Lo que se compartió aquí con usted ha terminado');
  await doctor.getByRole('link', { name: 'Pedir otra vez' }).click();
  await look(doctor, 'es-ask-again');
  // Other tests meet the same doctor.
  await speak(doctor, 'en-GB');
});
