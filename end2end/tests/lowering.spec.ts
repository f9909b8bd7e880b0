// A mark that does not apply is taken off one thing, which a doctor then sees, and put back.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('a mark that does not apply is taken off, and put back', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await give(page, ['Results']);
  await openShared(doctor, record, sql);

  const [item = ''] = sql(`select item_id from item where patient_id = '${record}' and category = 6 and value_text is not null and not is_error order by sort_at desc, item_id desc limit 1`);
  sql(`update item set own_labels = 1, labels = 1 where patient_id = '${record}' and item_id = '${item}'`);
  const result = `/record/${record}/results/${item}`;
  expect((await doctor.goto(result))?.status(), 'nothing sensitive is shared').toBe(404);
  await page.goto(`${result}/who`);
  const marks = page.locator('section', { has: page.getByRole('heading', { name: 'Marked as sensitive' }) });
  await expect(marks).toContainText('Mental health');
  await expect(marks).toContainText('Without it, this can be seen by Dr Hana Lindqvist (Northgate Heart Clinic).');
  await look(page, 'marked');

  await page.getByRole('button', { name: 'Take the mark “Mental health” off' }).click();
  await expect(page.getByRole('main')).toContainText('The mark is off. Your shares reach it as far as each goes.');
  await expect(marks).toContainText('You have taken this mark off.');
  await expect(page.getByRole('main')).toContainText('Can see this');
  await look(page, 'marked-off');
  expect((await doctor.goto(result))?.status()).toBe(200);
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('took a mark off something');
  await expect(page.getByRole('main')).not.toContainText('Mental health');

  await page.goto(`${result}/who`);
  await page.getByRole('button', { name: 'Mark it as “Mental health” again' }).click();
  await expect(page.getByRole('main')).toContainText('It is marked again.');
  expect((await doctor.goto(result))?.status()).toBe(404);
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto(`${result}/who`);
  await expect(page.getByRole('button', { name: 'Quitar la etiqueta «Salud mental»' })).toBeVisible();
  await look(page, 'es-marked');
});
