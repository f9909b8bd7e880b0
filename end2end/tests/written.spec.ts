// A doctor writes a note, a result and a plan into a record whose patient lets them; the patient finds them at once.
import { answer, claim, heartDoctor, openShared } from '../house/journey.ts';
import { expect, field, look, speak, test } from '../house/test.ts';

test('a doctor writes into a record, and the patient reads it', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize() })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });

  await answer(page, 'Dr Hana Lindqvist', ['Documents', 'Results', 'Plans']);
  await page.goto(page.url().replace('step=check', 'step=time'));
  await page.getByRole('checkbox', { name: /^They may write notes, results and plans/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('.grant .sentence')).toContainText('They may write notes into your record.');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');

  await openShared(doctor, record, sql);
  await doctor.getByRole('link', { name: 'Write into this record' }).click();
  await look(doctor, 'write-into');
  await doctor.getByRole('link', { name: 'Visit note' }).click();
  await field(doctor, 'What is it about?').fill('Control after the fall');
  await doctor.locator('form[action="/api/keep-writing"]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await doctor.getByRole('button', { name: 'Continue' }).click();
  await expect(doctor.getByRole('alert')).toContainText('Write something, in up to 8,000 characters.');
  await expect(field(doctor, 'What is it about?')).toHaveValue('Control after the fall');
  await doctor.getByLabel('The note').fill('Walks well.\nNo pain on stairs.');
  await look(doctor, 'write-note');
  await doctor.getByRole('button', { name: 'Continue' }).click();
  await expect(doctor.getByRole('main')).toContainText('It goes into the record with your name and your organization, and the patient is told.');
  await look(doctor, 'write-check');
  await doctor.getByRole('button', { name: 'Write it into the record' }).click();
  await doctor.waitForURL(`**/record/${record}?done=written`);
  await look(doctor, 'write-done');

  await doctor.goto(`/record/${record}/add/finding`);
  await field(doctor, 'What was examined?').fill('Peak flow');
  await field(doctor, 'What was found?').fill('410');
  await field(doctor, 'Unit, if it is a number').fill('L/min');
  await look(doctor, 'write-result');
  await doctor.getByRole('button', { name: 'Continue' }).click();
  await doctor.getByRole('button', { name: 'Write it into the record' }).click();
  await doctor.waitForURL(`**/record/${record}?done=written`);
  await doctor.goto(`/record/${record}/add/plan`);
  await field(doctor, 'What is it about?').fill('See again in six weeks');
  await doctor.getByLabel('What is planned?').fill('Blood test before.');
  await doctor.getByRole('button', { name: 'Continue' }).click();
  await doctor.getByRole('button', { name: 'Write it into the record' }).click();
  await doctor.waitForURL(`**/record/${record}?done=written`);

  await page.goto(`/record/${record}/timeline`);
  for (const name of ['Control after the fall', 'Peak flow', 'See again in six weeks']) await expect(page.getByRole('main')).toContainText(name);
  await page.getByRole('link', { name: /^Control after the fall/ }).first().click();
  await expect(page.getByRole('main')).toContainText('No pain on stairs.');
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist');
  await expect(page.getByRole('main')).toContainText('Northgate Heart Clinic');
  await look(page, 'written-note');
  await page.goto(`/record/${record}/plans`);
  await expect(page.getByRole('main')).toContainText('See again in six weeks');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('wrote something into this record');
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('escribió algo en esta historia clínica');
});
