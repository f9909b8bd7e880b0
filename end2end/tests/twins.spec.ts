// One result of two sources: one row with both, a page for each, taken apart and put together again.
import { randomUUID } from 'node:crypto';
import { birth } from '../house/record.ts';
import { expect, field, look, signUp, speak, test } from '../house/test.ts';

const measured = (patient: string, value: number, unit: string, code: string, text: string) => ({
  resourceType: 'Observation', id: randomUUID(), status: 'final', subject: { reference: `Patient/${patient}` }, effectiveDateTime: '2024-03-01T08:00:00Z',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code }], text }, valueQuantity: { value, unit },
});

function file(results: (patient: string) => object[]): string {
  const patient = randomUUID();
  const person = { resourceType: 'Patient', id: patient, name: [{ family: 'Example', given: ['Robin'] }], birthDate: `${birth.year}-05-17`, gender: 'female' };
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [person, ...results(patient)].map((resource) => ({ resource })) });
}

test('one result of two sources is one row, can be taken apart and is put together again', { tag: ['@desktop', '@no-script'] }, async ({ page, mail, chartkeyOk }, info) => {
  const of = (name: string) => `${name} twins ${info.project.name}`;
  const eastbrook = file((patient) => [measured(patient, 110, 'mg/dL', '2345-7', 'Glucose'), measured(patient, 140, 'mmol/L', '2951-2', 'Sodium')]);
  const northfield = file((patient) => [measured(patient, 1.1, 'g/L', '2345-7', 'Glucose')]);
  const [imported] = JSON.parse(await chartkeyOk(['import', '-', '--source', of('Eastbrook'), '--json'], eastbrook)) as { patients: string[] }[];
  const record = imported?.patients[0] ?? '';
  await chartkeyOk(['import', '-', '--source', of('Northfield'), '--patient', record, '--reason', 'a journey'], northfield);
  const { code } = JSON.parse(await chartkeyOk(['person', 'invite', '--patient', record, '--json'])) as { code: string };
  await signUp(page, mail);
  await page.goto('/claim');
  await field(page, 'Code').fill(code);
  for (const [label, value] of [['Day', birth.day], ['Month', birth.month], ['Year', birth.year]] as const) await field(page, label).fill(value);
  await page.getByRole('button', { name: 'Claim this record' }).click();
  await page.waitForURL('**/home?done=claimed');

  const rows = async (count: number) => {
    await page.goto(`/record/${record}/results`);
    await expect(page.getByRole('link', { name: /^Blood sugar/ })).toHaveCount(count);
  };
  await rows(1);
  await expect(page.getByRole('main')).toContainText('also from');
  await look(page, 'twins-in-a-list');
  await page.getByRole('link', { name: /^Blood sugar/ }).click();
  await expect(page.getByRole('heading', { name: 'Also recorded by' })).toBeVisible();
  await look(page, 'twins-one');
  await page.getByRole('link', { name: /^What .* says$/ }).click();
  await expect(page.getByRole('link', { name: /^What .* says$/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'These are not the same' }).click();
  await expect(page.getByRole('main')).toContainText('Each is listed by itself now.');
  await look(page, 'twins-apart');
  await rows(2);
  await page.getByRole('link', { name: /^Blood sugar/ }).first().click();
  await page.getByRole('button', { name: 'They are the same after all' }).click();
  await expect(page.getByRole('heading', { name: 'Also recorded by' })).toBeVisible();
  await rows(1);
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto(`/record/${record}/results`);
  await page.getByRole('link', { name: /^Azúcar/ }).click();
  await expect(page.getByRole('button', { name: 'No son lo mismo' })).toBeVisible();
  await look(page, 'es-twins-one');
});
