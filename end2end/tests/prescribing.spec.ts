// The patient has clinicians told to ask before they prescribe; a doctor from whom problems are kept reads it on every page.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('a doctor from whom something is kept is told to ask first, where the patient wants it', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await give(page, ['Results', 'Medicines']);
  await openShared(doctor, record, sql);
  const line = doctor.getByText('Ask the patient before prescribing.');
  await doctor.goto(`/record/${record}/medicines`);
  await expect(line).toHaveCount(0);

  await page.goto('/sharing');
  await page.getByRole('link', { name: 'Before somebody prescribes' }).click();
  await expect(page.getByRole('heading', { name: 'This is off' })).toBeVisible();
  await look(page, 'prescribing-off');
  await page.getByRole('button', { name: 'Turn this on' }).click();
  await expect(page.getByRole('main')).toContainText('It is on. It counts from the next page');
  await expect(page.getByRole('heading', { name: 'This is on' })).toBeVisible();
  await look(page, 'prescribing-on');

  for (const place of ['', '/medicines', '/results', '/timeline']) {
    await doctor.goto(`/record/${record}${place}`);
    await expect(line, place).toHaveCount(1);
    expect(await doctor.locator('main').getByText('Ask the patient').count(), 'it stands beside the page, not in it').toBe(0);
  }
  await doctor.goto(`/record/${record}/medicines`);
  await look(doctor, 'prescribing-told');
  expect(await page.getByRole('region', { name: 'Whose record this is' }).getByText('Ask the patient').count(), 'to the patient it is not said').toBe(0);

  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('has clinicians told to ask before they prescribe');
  await page.goto('/sharing/prescribing');
  await page.getByRole('button', { name: 'Turn this off' }).click();
  await expect(page.getByRole('main')).toContainText('It is off. Nobody is told any more.');
  await doctor.goto(`/record/${record}/medicines`);
  await expect(line).toHaveCount(0);
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto('/sharing/prescribing');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Antes de que alguien recete');
  await look(page, 'es-prescribing');
});
