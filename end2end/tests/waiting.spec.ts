import { randomUUID } from 'node:crypto';
import { claimBundle, give, heartDoctor, openShared } from '../house/journey.ts';
import { bundleOfVisit } from '../house/record.ts';
import { expect, expectAccessible, field, look, shoot, test } from '../house/test.ts';

/** A report of tissue that comes in later, with a result and a conclusion. */
function later(): string {
  const [report, result, subject] = [randomUUID(), randomUUID(), { reference: `Patient/${randomUUID()}` }];
  const category = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'SP' }] }];
  const resources = [
    { resourceType: 'DiagnosticReport', id: report, status: 'final', subject, category, code: { text: 'Skin under the microscope' }, effectiveDateTime: '2024-03-10T09:00:00Z', conclusion: 'Zqfoundends', result: [{ reference: `Observation/${result}` }] },
    { resourceType: 'Observation', id: result, status: 'final', subject, category, code: { text: 'Mole on the back' }, effectiveDateTime: '2024-03-10T09:00:00Z', valueString: 'Zqfoundword' },
  ];
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) });
}

test('a result waits until its patient opens it, and for nobody else', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, { project }) => {
  test.setTimeout(240_000);
  const isScripted = project.name !== 'no-script';
  const main = page.getByRole('main');
  const context = await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: isScripted });
  const doctor = await context.newPage();
  await heartDoctor(doctor, house);
  const record = await claimBundle(page, bundleOfVisit(), { house, mail, chartkeyOk, sql });
  await give(page, ['Results']);
  // The first visit is over: what comes in now is new.
  await page.goto('/home');

  await page.goto(`/record/${record}/results`);
  await page.getByRole('link', { name: 'When you see new results' }).click();
  await expect(main).toContainText('No result waits.');
  await page.getByRole('checkbox', { name: 'Tissue and cells' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/waiting?done=saved');
  await expect(page.getByRole('checkbox', { name: 'Tissue and cells' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Imaging' })).not.toBeChecked();
  await look(page, 'waiting-chosen');

  await chartkeyOk(['import', '-', '--source', 'Northfield Laboratory', '--patient', record, '--reason', 'a journey'], later());
  await page.goto('/home');
  await page.getByRole('link', { name: '2 results wait until you open them' }).click();
  await expect(page.locator('#here ~ .rows .row')).toHaveCount(2);
  await look(page, 'waiting');
  for (const [list, name] of [['/results', 'waiting-results'], ['/timeline', 'waiting-timeline'], ['', 'waiting-summary']] as const) {
    await page.goto(`/record/${record}${list}`);
    await expect(main).toContainText('This result is here. You chose to wait.');
    await expect(main).not.toContainText('Zqfound');
    await look(page, name);
  }
  await page.goto(`/record/${record}/search`);
  await field(page, 'What are you looking for?').fill('Zqfoundword');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.locator('.row')).toHaveCount(0);

  await openShared(doctor, record, sql);
  await doctor.goto(`/record/${record}/results`);
  await expect(doctor.getByRole('main')).toContainText('Zqfoundword');
  await expect(doctor.getByRole('main')).not.toContainText('chose to wait');

  await page.goto(`/record/${record}/results`);
  await page.locator('.row .name', { hasText: 'Mole on the back' }).click();
  await expect(main).not.toContainText('Zqfound');
  await look(page, 'waiting-interruption');
  await page.getByRole('link', { name: 'Skin under the microscope' }).click();
  await expect(main).toContainText('This opens all of the report');
  await look(page, 'waiting-interruption-report');
  await page.getByRole('button', { name: 'I have spoken with someone' }).click();
  await expect(main).toContainText('Zqfoundends');
  await page.goto(`/record/${record}/results`);
  await expect(main).toContainText('Zqfoundword');
  await expect(main).not.toContainText('chose to wait');
  await page.goto('/waiting');
  await expect(main).toContainText('No result waits.');
  await page.goto('/activity');
  await expect(main).toContainText('opened a result that had waited');
  await page.goto('/download');
  await look(page, 'waiting-download');
  await context.close();
});

test('a visit has what was on its day in its place, and says that nobody linked it', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql }, { project }) => {
  const { entry } = JSON.parse(bundleOfVisit()) as { entry: { resource: Record<string, unknown> }[] };
  const of = (type: string) => entry.find(({ resource }) => resource['resourceType'] === type)?.resource ?? {};
  const place = { resourceType: 'Organization', id: randomUUID(), name: 'Northfield Practice' };
  const person = { resourceType: 'Practitioner', id: randomUUID(), name: [{ family: 'Okafor', given: ['Ada'] }] };
  const where = { reference: `Organization/${place.id}` };
  Object.assign(of('Encounter'), { serviceProvider: where, participant: [{ individual: { reference: `Practitioner/${person.id}` } }], reasonCode: [{ text: 'Tired for weeks' }] });
  const unlinked = { resourceType: 'Immunization', id: randomUUID(), status: 'completed', patient: of('Encounter')['subject'], vaccineCode: { text: 'Influenza vaccine' }, occurrenceDateTime: '2024-03-10', performer: [{ actor: where }] };
  const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [...entry, ...[place, person, unlinked].map((resource) => ({ resource }))] });
  const record = await claimBundle(page, bundle, { house, mail, chartkeyOk, sql });
  await page.goto(`/record/${record}/visits`);
  await page.locator('.row .name').first().click();
  const vaccines = page.getByRole('region', { name: 'Vaccines' });
  await expect(vaccines).toContainText('Not linked by the source: same day and same place.');
  await expect(vaccines).toContainText('Influenza vaccine');
  const told = page.getByRole('region', { name: 'Who and why' });
  await expect(told).toContainText('Ada Okafor');
  await expect(told).toContainText('Tired for weeks');
  if (project.name !== 'no-script') {
    await expectAccessible(page);
    await shoot(page, 'visit-joined');
  }
});
