// A patient decides what opens in an emergency; a doctor opens it with the card, a colleague reviews it, and it ends with its hour.
import { claim, heartDoctor } from '../house/journey.ts';
import { expect, field, look, signInAt, speak, test } from '../house/test.ts';

const REASON = 'Found unconscious at the station.';

test('what was decided opens with the card for an hour, is told, reviewed and ends', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const another = async () => (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize() })).newPage();
  const doctor = await another();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });

  await page.getByRole('link', { name: 'Decide what may open in an emergency.' }).click();
  await expect(page.getByRole('main')).toContainText('You have not decided, so nothing opens.');
  await page.getByRole('radio', { name: 'An emergency summary' }).check();
  await page.getByRole('checkbox', { name: 'HIV' }).check();
  await field(page, 'Their name').fill('Tomás');
  await field(page, 'Their e-mail address').fill('nobody');
  await page.locator('form[action="/api/decide-emergency"]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await page.getByRole('button', { name: 'Decide so' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(field(page, 'Their name')).toHaveValue('Tomás');
  await look(page, 'emergency-problem');
  const contact = `tomas-${record}@example.test`;
  await field(page, 'Their e-mail address').fill(contact);
  await expect(page.getByRole('checkbox', { name: 'HIV' })).toBeChecked();
  await page.getByRole('button', { name: 'Decide so' }).click();
  await expect(page.getByRole('main')).toContainText('In an emergency, a clinician who signs in and says why can see your problems, medicines, allergies, vaccines and devices, for 60 minutes.');
  await expect(page.getByRole('checkbox', { name: 'HIV' })).toBeChecked();
  const card = await page.locator('.code strong').innerText();
  expect(card).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  await look(page, 'emergency-plan');
  await page.getByRole('link', { name: 'Print the card' }).click();
  await expect(page.getByRole('main')).toContainText(card);
  await look(page, 'emergency-card');

  // The doctor proves who they are just now; what opens nothing says nothing.
  await doctor.getByRole('link', { name: 'In an emergency' }).click();
  await look(doctor, 'emergency-stale');
  await doctor.getByRole('link', { name: 'Sign in again' }).click();
  await doctor.getByRole('link', { name: 'Northgate Heart Clinic' }).click();
  await field(doctor, 'User name').fill('lindqvist');
  await field(doctor, 'Password').fill('lindqvist-at-northgate');
  await doctor.getByRole('button', { name: 'Sign in', exact: true }).click();
  await doctor.waitForURL('**/emergency');
  await doctor.getByLabel('Code of the card').fill('ABCD-EFGH-JKLM');
  await doctor.getByLabel('Why do you need it now?').fill(REASON);
  await look(doctor, 'emergency-form');
  await doctor.getByRole('button', { name: 'Open it for 60 minutes' }).click();
  await expect(doctor.getByRole('alert')).toContainText('Nothing can be opened with this.');
  await expect(doctor.getByLabel('Why do you need it now?')).toHaveValue(REASON);
  await look(doctor, 'emergency-nothing');
  await doctor.getByLabel('Code of the card').fill(card.toLowerCase());
  await doctor.getByRole('button', { name: 'Open it for 60 minutes' }).click();
  await doctor.waitForURL(`**/record/${record}`);
  await expect(doctor.getByRole('main')).toContainText('In an emergency, Dr Hana Lindqvist');
  await look(doctor, 'emergency-record');
  await doctor.goto(`/record/${record}/results`);
  await expect(doctor.getByRole('main')).toContainText('Not shared with you');

  // Both are told at once, the contact without a word of the record.
  const told = await mail.only(contact);
  expect(told.text).toContain('Northgate Heart Clinic');
  expect(told.text).not.toContain(REASON);
  expect(told.links).toEqual([]);
  await page.goto('/home');
  await page.getByRole('link', { name: 'Your record was opened in an emergency. Read who it was.' }).click();
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist opened your record in an emergency');
  await expect(page.getByRole('main')).toContainText(REASON);
  await look(page, 'emergency-told');
  await page.goto('/activity');
  await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toContainText('opened your record in an emergency');
  await look(page, 'emergency-log');

  // A colleague looks whether it had to be.
  const colleague = await another();
  const [, northgate] = house.organizations;
  if (!northgate) throw new Error('no organization');
  await signInAt(colleague, northgate, 'lee');
  await expect(colleague).toHaveURL(`${house.url}/shared`);
  await colleague.goto('/emergency');
  await look(colleague, 'emergency-reviews');
  const [grant = ''] = sql(`select grant_id from emergency_look where patient_id = '${record}'`);
  await colleague.locator(`a[href$="${grant}"]`).click();
  await colleague.getByLabel('What have you checked?').fill('The ambulance brought them.');
  await colleague.getByRole('button', { name: 'Close it' }).click();
  await expect(colleague.getByRole('alert')).toContainText('Say whether it was needed.');
  await colleague.getByRole('radio', { name: 'It was needed' }).check();
  await look(colleague, 'emergency-review');
  await colleague.getByRole('button', { name: 'Close it' }).click();
  await expect(colleague.getByRole('main')).toContainText('It is closed.');
  expect((await colleague.goto(`/record/${record}`))?.status(), 'to review opens nothing').toBe(404);
  await page.goto('/sharing/emergency');
  await expect(page.getByRole('main')).toContainText('The ambulance brought them.');
  await page.getByRole('button', { name: /^I have read this/ }).click();
  await expect(page.getByRole('main')).toContainText('It stands in your log like everything else.');
  await page.goto('/home');
  await expect(page.getByRole('main')).not.toContainText('Read who it was');
  await expect(page.getByRole('main')).toContainText('In an emergency, Dr Hana Lindqvist, Northgate Heart Clinic can see your problems');

  // The hour passes: an open page is covered, and nothing opens any more.
  expect((await doctor.goto(`/record/${record}/problems`))?.status()).toBe(200);
  sql(`update access_grant set starts_at = now() - interval '59 minutes 53 seconds', ends_at = now() + interval '7 seconds' where grant_id = '${grant}' returning 1`);
  expect((await doctor.goto(`/record/${record}/problems`))?.status()).toBe(200);
  const passed = { timeout: 30_000 };
  if (info.project.name === 'no-script') await expect(doctor.getByRole('heading', { level: 1 })).not.toHaveText('Problems', passed);
  else await expect(doctor.locator('#cover')).toBeVisible(passed);
  // The page goes by whole seconds, so it may be covered one before the end.
  await expect.poll(async () => (await doctor.request.get(`/record/${record}/problems`)).status(), { timeout: 2_000 }).toBe(404);
  await doctor.goto('/shared');
  await expect(doctor.getByRole('main')).toContainText('In an emergency');
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto('/sharing/emergency');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('En una emergencia');
  await look(page, 'es-emergency-plan');
});
