// Looking for something in a record: with and without JavaScript, with a mistake, in Spanish, and for a doctor what is shared alone.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

test('a record is searched, and the words stand in no address', { tag: ['@desktop', '@no-script'] }, async ({ page: patient, house, mail, chartkeyOk, sql, browser }, info) => {
  test.setTimeout(240_000);
  const script = info.project.name !== 'no-script';
  const doctor = await browser.newPage({ baseURL: house.url, javaScriptEnabled: script });
  await heartDoctor(doctor, house);
  const record = await claim(patient, 'synthea-generated/large-glover-7mb.json', { house, mail, chartkeyOk, sql });

  const asked: string[] = [];
  for (const page of [patient, doctor]) page.on('request', (request) => asked.push(request.url()));
  const search = async (page: typeof patient, words: string) => {
    await page.goto(`/record/${record}/search`);
    await page.getByLabel('What are you looking for?').fill(words);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.waitForURL(/\/search\/[0-9a-f-]{36}$/);
  };

  // From the summary, with a mistake: the word is mended, marked, and its lens is offered.
  await patient.goto(`/record/${record}`);
  await patient.getByLabel('What are you looking for?').fill('osteoporsis');
  await patient.getByRole('button', { name: 'Search', exact: true }).click();
  await patient.waitForURL(/\/search\/[0-9a-f-]{36}$/);
  await expect(patient.locator('main')).toContainText('osteoporosis');
  await expect(patient.locator('mark').first()).toHaveText(/osteoporosis/i);
  if (script) await expectAccessible(patient);
  await shoot(patient, 'search-found');

  // Everything of one category, and a row that leads to its page.
  await patient.getByRole('link', { name: /^All \d+ in Letters and documents/ }).click();
  await expect(patient.locator('.excerpt mark').first()).toBeVisible();
  await patient.goBack();

  // The lens says of each row why it is there.
  await patient.getByRole('button', { name: /^Everything about it/ }).first().click();
  await expect(patient.getByRole('heading', { level: 1 })).toHaveText(/osteoporosis/i);
  await patient.waitForURL(/\/search\/[0-9a-f-]{36}$/);
  await patient.getByText('Why is this here?').first().click();
  await expect(patient.locator('.reason p').first()).toBeVisible();
  if (script) await expectAccessible(patient);
  await shoot(patient, 'lens');

  // In Spanish, by a plain name that the record does not have.
  await search(patient, 'cesárea');
  await expect(patient.locator('main')).toContainText('Procedures');
  await search(patient, 'glaucoma');
  await expect(patient.locator('main')).toContainText('Nothing found for “glaucoma”');
  await expect(patient.getByText('Check the spelling')).toBeVisible();
  await shoot(patient, 'search-nothing');

  // A doctor finds what is shared, and is told nothing of the rest.
  await give(patient, ['Results', 'Medicines']);
  await openShared(doctor, record, sql);
  await search(doctor, 'alendronic');
  await expect(doctor.locator('main .row').first()).toBeVisible();
  await search(doctor, 'osteoporosis');
  await expect(doctor.locator('main')).toContainText('Nothing that is shared with you');
  await shoot(doctor, 'doctor-search-nothing');

  if (script) {
    await patient.goto(`/record/${record}/search`);
    await expect(patient.locator('html')).toHaveAttribute('data-islands', 'awake');
    await patient.getByLabel('What are you looking for?').pressSequentially('gingiv');
    await expect(patient.locator('.glance mark').first()).toHaveText(/gingivitis/i);
    await expectAccessible(patient);
    await shoot(patient, 'search-typing');
  }
  const words = /osteopor|ces%|ces[aá]rea|glaucoma|alendron|gingiv/i;
  expect(asked.filter((address) => words.test(address))).toEqual([]);
  await doctor.close();
});
