import type { Page } from '@playwright/test';
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, field, look, test } from '../house/test.ts';

async function on(page: Page, day: string, month: string, year: string): Promise<void> {
  for (const [label, value] of [['Day', day], ['Month', month], ['Year', year]] as const) await field(page, label).fill(value);
}

async function go(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function add(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check what you add');
  await page.getByRole('button', { name: 'Add it to my record' }).click();
  await page.waitForURL('**?done=added');
}

test('what a patient adds by hand is theirs everywhere, to change and to take back', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, { project }) => {
  test.setTimeout(300_000);
  const isScripted = project.name !== 'no-script';
  const chartkey = { house, mail, chartkeyOk, sql };
  const context = await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: isScripted });
  const doctor = await context.newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', chartkey);
  await give(page, ['Medicines', 'Vital signs', 'Letters and documents']);

  await page.goto(`/record/${record}`);
  await page.getByRole('link', { name: 'Add something yourself' }).click();
  await look(page, 'added-choose');
  await page.getByRole('link', { name: 'Blood pressure' }).click();

  // What cannot be is said beside its field, and nothing that was typed is lost.
  await field(page, 'Upper number').fill('84');
  await field(page, 'Lower number').fill('128');
  await field(page, 'Pulse, if your device shows it').fill('66');
  await on(page, '6', '5', '2026');
  await field(page, 'Time, if you know it').fill('8:15');
  await look(page, 'added-form');
  await go(page);
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toContainText('The lower number has to be below the upper number.');
  await expect(field(page, 'Pulse, if your device shows it')).toHaveValue('66');
  await look(page, 'added-refused');
  await field(page, 'Upper number').fill('128');
  await field(page, 'Lower number').fill('84');
  await go(page);
  await expect(page.getByRole('main')).toContainText('128 / 84 mmHg');
  await expect(page.getByRole('main')).toContainText('6 May 2026, 8:15am');
  // Names of records and drafts are random, and hold any three figures now and then.
  const { pathname, search } = new URL(page.url());
  expect(`${pathname}${search}`.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '')).not.toContain('128');
  await look(page, 'added-check');
  await page.getByRole('link', { name: 'Change it' }).click();
  await expect(field(page, 'Upper number')).toHaveValue('128');
  await go(page);
  await add(page);
  const pressure = new URL(page.url()).pathname;
  await expect(page.locator('.title .flag.hand')).toHaveText(/Added by you/);
  await expect(page.locator('.facts').first()).toContainText('Who recorded it');
  await look(page, 'added-item');

  // In lists, by date, in search, over time, and where the record comes from.
  await page.goto(`/record/${record}/vitals`);
  await expect(page.locator('li.result', { has: page.locator('.flag.hand') })).toHaveCount(2);
  await look(page, 'added-vitals');
  await page.goto(pressure);
  await page.getByRole('link', { name: 'See it over time' }).click();
  await expect(page.locator('svg.trend .mark.hand')).toHaveCount(2);
  await expect(page.getByRole('table').first().locator('.flag.hand')).toHaveCount(1);
  await look(page, 'added-trend');
  await page.goto('/sources');
  await expect(page.getByRole('region', { name: 'What you wrote here' })).toContainText('2 things');
  await look(page, 'added-sources');
  await page.getByRole('region', { name: 'What you wrote here' }).getByRole('link').click();
  await expect(page.locator('.row .flag.hand')).toHaveCount(2);
  await look(page, 'added-timeline');

  // A medicine, and a note that nobody else sees.
  await page.goto(`/record/${record}/medicines`);
  await page.getByRole('link', { name: 'Add a medicine without prescription' }).click();
  await field(page, 'What is it called?').fill('Ibuprofen 400 mg');
  await field(page, 'How much and how often?').fill('One tablet twice a day');
  await field(page, 'Year').fill('2025');
  await look(page, 'added-medicine');
  await go(page);
  await expect(page.getByRole('alert')).toContainText('Say whether you still take it.');
  await expect(page.getByRole('group', { name: 'Do you still take it?' })).toHaveAccessibleDescription('Say whether you still take it.');
  await expect(page.getByRole('group', { name: 'Since when?' })).toHaveAccessibleDescription(/\S/);
  await page.getByRole('radio', { name: 'Yes' }).check();
  await go(page);
  await add(page);
  const medicine = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Add something else' }).click();
  await page.getByRole('link', { name: 'Note', exact: true }).click();
  await field(page, 'What is it about?').fill('Dizzy in the morning');
  await field(page, 'Your note').fill('Twice this week, after getting up.');
  await expect(page.getByRole('radio', { name: 'Only me' })).toBeChecked();
  await look(page, 'added-note');
  await go(page);
  await add(page);
  const note = new URL(page.url()).pathname;
  await expect(page.getByRole('main')).toContainText('Twice this week, after getting up.');
  await look(page, 'added-note-item');

  // A doctor takes none of it for a clinic's.
  await openShared(doctor, record, sql);
  await doctor.goto(`/record/${record}/medicines`);
  await expect(doctor.locator('.row', { hasText: 'Ibuprofen 400 mg' }).locator('.flag.hand')).toHaveText(/Added by the patient/);
  await look(doctor, 'added-doctor-medicines');
  await doctor.goto(medicine);
  await expect(doctor.locator('.facts').first()).toContainText('One tablet twice a day');
  await expect(doctor.locator('.facts').first()).toContainText('The patient');
  await expect(doctor.getByRole('link', { name: 'Take it back' })).toHaveCount(0);
  await look(doctor, 'added-doctor-item');
  expect((await doctor.goto(note))?.status()).toBe(404);
  expect((await doctor.goto(`/record/${record}/add`))?.status()).toBe(404);

  // Changing, and taking back.
  await page.goto(pressure);
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  await expect(field(page, 'Time, if you know it')).toHaveValue('08:15');
  await field(page, 'Upper number').fill('138');
  await go(page);
  await page.getByRole('button', { name: 'Save the change' }).click();
  await page.waitForURL('**?done=changed');
  await expect(page.getByRole('main')).toContainText('138 / 84');
  await page.getByRole('link', { name: 'Take it back' }).click();
  await look(page, 'added-take-back');
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.waitForURL('**?done=taken-back');
  await expect(page.getByRole('heading', { level: 1 }).locator('s')).toHaveCount(1);
  await look(page, 'added-taken-back');
  await page.goto(`/record/${record}/vitals`);
  await expect(page.locator('li.result', { has: page.locator('.flag.hand') })).toHaveCount(1);
  await page.goto(`/record/${record}/vitals?errors=1`);
  await expect(page.locator('li.result', { has: page.locator('s') })).toHaveCount(1);
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('took back what they had added by hand');
  await page.goto(`/record/${record}/print`);
  await expect(page.getByRole('main')).toContainText('added by the patient, by hand');
  await context.close();
});
