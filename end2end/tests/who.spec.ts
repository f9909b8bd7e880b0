// One thing is kept from a doctor who may see the others, or from everybody, from its own page, and shown again.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('one result is kept from a doctor and shown again, from its own page', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await give(page, ['Results']);
  await openShared(doctor, record, sql);

  const [item = ''] = sql(`select item_id from item where patient_id = '${record}' and category = 6 and value_text is not null and not is_error order by sort_at desc, item_id desc limit 1`);
  const result = `/record/${record}/results/${item}`;
  await page.goto(result);
  await page.getByRole('link', { name: 'See or change who can see it' }).click();
  await expect(page.getByRole('main')).toContainText('Can see this');
  await look(page, 'who-sees');
  expect((await doctor.goto(result))?.status()).toBe(200);

  await page.getByRole('button', { name: 'Keep it from Dr Hana Lindqvist' }).click();
  await expect(page.getByRole('main')).toContainText('It is closed to them from now on.');
  await expect(page.getByRole('main')).toContainText('You keep it from them');
  await look(page, 'who-kept');
  expect((await doctor.goto(result))?.status()).toBe(404);
  await doctor.goto(`/record/${record}/results`);
  expect(await doctor.locator(`a[href$="${item}"]`).count(), 'no list leads to it').toBe(0);

  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('kept something from somebody');
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist, Northgate Heart Clinic');
  await page.goto(`${result}/who`);
  await page.getByRole('button', { name: 'Show it to Dr Hana Lindqvist again' }).click();
  await expect(page.getByRole('main')).toContainText('Can see this');
  expect((await doctor.goto(result))?.status()).toBe(200);

  // From everybody, also from whoever gets a share later.
  await page.getByRole('button', { name: 'Keep it to myself' }).click();
  await expect(page.getByRole('main')).toContainText('Only you can see it from now on.');
  await expect(page.getByRole('main')).toContainText('Only you see this. No share reaches it.');
  await look(page, 'who-private');
  expect((await doctor.goto(result))?.status()).toBe(404);
  await page.goto(result);
  await expect(page.getByRole('main')).toContainText('Private');
  await page.goto(`${result}/who`);
  await page.getByRole('button', { name: 'Leave it to my shares again' }).click();
  await expect(page.getByRole('main')).toContainText('Your shares reach it again, as far as each goes.');
  expect((await doctor.goto(result))?.status()).toBe(200);
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto(`${result}/who`);
  await expect(page.getByRole('button', { name: 'No mostrárselo a Dr Hana Lindqvist' })).toBeVisible();
  await look(page, 'es-who');
});
