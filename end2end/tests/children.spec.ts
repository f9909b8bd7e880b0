// A mother helps with her child's record by a code of the practice and the birth date, and shares it with a doctor.
import { expect, field, look, newPerson, sharedData, signInAt, signUp, speak, test } from '../house/test.ts';

test('a mother helps with the record of her child, and shares it with a doctor', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const visit = async () => (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.name !== 'no-script' })).newPage();
  const [, northgate] = house.organizations;
  if (!northgate) throw new Error('no organization');
  const [taken] = JSON.parse(await chartkeyOk(['import', `${sharedData}/synthea/small-luigi.json`, '--source', `practice of ${newPerson().email}`, '--reason', 'a test', '--json'])) as { patients: string[] }[];
  const [record = ''] = taken?.patients ?? [];
  const { code } = JSON.parse(await chartkeyOk(['person', 'invite-carer', '--patient', record, '--sensitive', '--may-share', '--reason', 'the mother, seen with her passport', '--json'])) as { code: string };
  const mother = newPerson();
  await signUp(page, mail, mother);

  await page.goto('/shared');
  await page.getByRole('link', { name: 'Use it with their birth date' }).click();
  await page.waitForURL('**/claim');
  await look(page, 'children-claim');
  const prove = async (day: string) => {
    await field(page, 'Code').fill(code);
    for (const [name, value] of [['Day', day], ['Month', '10'], ['Year', '2020']] as const) await field(page, name).fill(value);
    await page.getByRole('main').locator('form[action="/api/claim"] button').click();
  };
  await prove('21');
  await expect(page.getByRole('alert')).toBeVisible();
  await prove('20');
  await page.waitForURL('**/shared?done=registered');
  await expect(page.getByRole('main')).toContainText('You can help from now on.');
  await expect(page.locator('.grant .sentence')).toContainText(`${mother.name}, who helps you, can see your`);
  await expect(page.locator('.grant .sentence')).toContainText('until 19 October 2038');
  await expect(page.getByRole('main')).toContainText('From 20 October 2033 on, nothing sensitive is included');
  await look(page, 'children-list');
  await page.getByRole('link', { name: /^Open/ }).click();
  await page.waitForURL(`**/record/${record}`);
  await look(page, 'children-record');
  expect((await page.goto(`/record/${record}/vaccines`))?.status()).toBe(200);

  // Shared with everybody who signs in as a doctor there; the doctor reads what was chosen.
  await page.goto('/shared');
  await page.getByRole('link', { name: /^Share in their place/ }).click();
  await page.locator('.choices', { hasText: northgate.name }).getByRole('radio', { name: /^Anyone who signs in as physician/ }).check();
  await page.getByRole('checkbox', { name: 'Vaccines' }).check();
  await page.getByRole('button', { name: 'Share in their place' }).click();
  await page.waitForURL('**?done=passed');
  await look(page, 'children-shared');
  const doctor = await visit();
  await signInAt(doctor, northgate, 'lindqvist');
  await doctor.goto('/shared');
  const [shared = ''] = sql(`select grant_id from access_grant where patient_id = '${record}' and parent_grant_id is not null`);
  await doctor.locator('form', { has: doctor.locator(`[value="${shared}"]`) }).getByRole('button').click();
  await doctor.waitForURL(`**/record/${record}`);
  expect((await doctor.goto(`/record/${record}/vaccines`))?.status()).toBe(200);
  await doctor.goto(`/record/${record}/problems`);
  await expect(doctor.getByRole('main')).toContainText('Not shared with you');

  // The birthday that closes it.
  sql(`update access_grant set ends_at = now() where patient_id = '${record}' and parent_grant_id is null`);
  expect((await page.request.get(`/record/${record}/vaccines`)).status()).toBe(404);
  expect((await doctor.request.get(`/record/${record}/vaccines`)).status()).toBe(404);
  sql(`update access_grant set ends_at = now() + interval '1 year' where patient_id = '${record}' and parent_grant_id is null`);
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto('/shared');
  await look(page, 'es-children-list');
});
