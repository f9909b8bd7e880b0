// What is new since the last visit, the summary, and everything by date in parts.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, field, look, test } from '../house/test.ts';

const laboratory = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }];

/** A day so far from today, as FHIR writes it. */
const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

function result(text: string, value: number, ago: number): object {
  return {
    resourceType: 'Observation', id: randomUUID(), status: 'final', category: laboratory, code: { text }, effectiveDateTime: day(-ago),
    performer: [{ display: 'Northfield Laboratory' }], valueQuantity: { value, unit: 'mmol/L' }, referenceRange: [{ low: { value: 135 }, high: { value: 145 } }],
  };
}

test('what came in since the last visit stands on the first page, and everything can be shown in parts', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  test.setTimeout(300_000);
  const record = await claim(page, 'synthea/large-4-organisations-von.json', { house, mail, chartkeyOk, sql });
  await page.goto('/home');
  await expect(page.getByRole('region', { name: 'What is new' })).toContainText('your first visit');
  await expect(page.getByRole('region', { name: 'The newest in your record' })).toBeVisible();
  await look(page, 'home-first-visit');

  const { viewport, isMobile, hasTouch } = info.project.use;
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport, isMobile, hasTouch, javaScriptEnabled: info.project.use.javaScriptEnabled })).newPage();
  await heartDoctor(doctor, house);
  await give(page, ['Results', 'Medicines', 'Visits']);
  await openShared(doctor, record, sql);
  await expect(doctor.getByRole('region', { name: 'What is new' })).toContainText('your first visit');

  // Nobody waits half an hour here.
  const later = () => sql(`update viewer_mark set seen_at = seen_at - interval '31 minutes' where patient_id = '${record}'`);
  later();
  const folder = mkdtempSync(path.join(tmpdir(), 'chartkey-glance-'));
  const file = path.join(folder, 'laboratory.json');
  const visit = { resourceType: 'Appointment', id: randomUUID(), status: 'booked', start: `${day(9)}T09:30:00Z`, serviceType: [{ text: 'Heart check' }], participant: [] };
  const problem = { resourceType: 'Condition', id: randomUUID(), code: { text: 'Sprained ankle' }, recordedDate: day(-3) };
  const resources = [result('Sodium', 149, 2), result('Sodium', 140, 9), result('Sodium', 141, 4000), visit, problem];
  writeFileSync(file, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }));
  await chartkeyOk(['import', file, '--source', 'Northfield Laboratory', '--patient', record, '--reason', 'a journey']);
  rmSync(folder, { recursive: true });

  for (const time of ['opened', 'opened again']) {
    await page.goto('/home');
    const fresh = page.getByRole('region', { name: /^New since/ });
    await expect(fresh.getByRole('link', { name: /^Sodium/ }), time).toBeVisible();
    await expect(fresh.getByRole('link', { name: 'Results: 1' }), time).toBeVisible();
    await expect(fresh).toContainText('Sprained ankle');
  }
  await expect(page.getByRole('region', { name: 'Your next visit' })).toContainText('Heart check');
  await look(page, 'home-new');
  await page.goto(`/record/${record}`);
  await expect(page.getByRole('region', { name: 'Newest results out of range' })).toContainText('Sodium');
  await expect(page.getByRole('region', { name: 'Care team' }).locator('.row').first()).toBeVisible();
  await look(page, 'summary');

  await doctor.goto(`/record/${record}`);
  const changed = doctor.getByRole('region', { name: /^New since/ });
  await expect(changed).toContainText('Sodium');
  await expect(changed).toContainText('This may not be everything.');
  await expect(changed).not.toContainText('Sprained ankle');
  await look(doctor, 'doctor-summary-new');

  await page.goto(`/record/${record}/timeline`);
  await look(page, 'timeline');
  const rows = page.locator('main .row');
  await page.getByText('Show only a part').click();
  await field(page, 'What').selectOption({ label: 'Visits' });
  await page.locator('[name="from_year"]').fill('2015');
  await page.getByRole('button', { name: 'Show this part' }).click();
  await expect(page.getByRole('status')).toContainText('Visits · from 2015 on');
  expect(await rows.count()).toBeGreaterThan(0);
  for (const medical of await page.locator('main .row .medical').allInnerTexts()) expect(medical).toMatch(/^Visits/);
  await look(page, 'timeline-part');

  await page.locator('[name="from_year"]').fill('20');
  await page.getByRole('button', { name: 'Show this part' }).click();
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
  await look(page, 'timeline-wrong-days');
  await page.getByRole('link', { name: 'Show everything' }).click();

  await page.getByText('Show only a part').click();
  const people = await field(page, 'Who').locator('option').allInnerTexts();
  const name = people.at(1) ?? '';
  await field(page, 'Who').selectOption({ label: name });
  await page.getByRole('button', { name: 'Show this part' }).click();
  await expect(page.getByRole('status')).toContainText(name);
  expect(new URL(page.url()).search).not.toContain(name.split(' ')[0] ?? '?');
  for (const who of await page.locator('main .row .who').allInnerTexts()) expect(who).toBe(name);
  await page.getByRole('link', { name: 'Show everything' }).click();

  await page.getByText('Jump to a year').click();
  const link = page.getByRole('navigation', { name: 'Jump to a year' }).getByRole('link').nth(1);
  const [year = ''] = (await link.innerText()).split(' ');
  await look(page, 'timeline-years');
  await link.click();
  await expect(page.locator('main h2').first()).toContainText(year);

  // A doctor's is as long as what is shared.
  await doctor.goto(`/record/${record}/timeline`);
  await look(doctor, 'doctor-timeline');
});
