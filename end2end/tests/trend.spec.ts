// Trends: two sources with other codes and units in one picture, limits and words beside it, both numbers of a blood pressure, and
// several pictures on one line of time; a report of a hundred results.
import { randomUUID } from 'node:crypto';
import { birth } from '../house/record.ts';
import { expect, field, look, signUp, speak, test } from '../house/test.ts';

const patient = randomUUID();
const person = { resourceType: 'Patient', id: patient, name: [{ family: 'Example', given: ['Robin'] }], birthDate: `${birth.year}-05-17`, gender: 'female' };

function measured(code: string, text: string, day: string, value: object, kind = 'laboratory', id: string = randomUUID()): { id: string } {
  return {
    resourceType: 'Observation', id, status: 'final', subject: { reference: `Patient/${patient}` }, effectiveDateTime: `${day}T09:00:00Z`,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: kind }] }],
    code: { coding: [{ system: 'http://loinc.org', code }], text }, ...value,
  } as { id: string };
}

const quantity = (value: number, unit: string, low?: number, high?: number) => ({
  valueQuantity: { value, unit },
  ...(low === undefined ? {} : { referenceRange: [{ low: { value: low, unit }, high: { value: high, unit } }] }),
});

function report(text: string, day: string, results: { id: string }[]): object {
  return {
    resourceType: 'DiagnosticReport', id: randomUUID(), status: 'final', subject: { reference: `Patient/${patient}` }, effectiveDateTime: `${day}T09:00:00Z`,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }], code: { text },
    performer: [{ display: `${text} laboratory` }], result: results.map(({ id }) => ({ reference: `Observation/${id}` })),
  };
}

const bundle = (resources: object[]) => JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [person, ...resources].map((resource) => ({ resource })) });

const pressure = (day: string, upper: number, lower: number) => {
  const part = (code: string, value: number) => ({ code: { coding: [{ system: 'http://loinc.org', code }] }, valueQuantity: { value, unit: 'mmHg' } });
  return measured('85354-9', 'Blood pressure', day, { component: [part('8480-6', upper), part('8462-4', lower)] }, 'vital-signs');
};

function clinic(): string {
  const blood = (day: string, glucose: number, creatinine: number, potassium: number) => [
    measured('14749-6', 'Glucose', day, quantity(glucose, 'mmol/L', 3.9, 5.6)), measured('14682-9', 'Creatinine', day, quantity(creatinine, 'umol/L', 45, 84)),
    measured('2823-3', 'Potassium', day, quantity(potassium, 'mmol/L', 3.5, 5.1)), measured('2951-2', 'Sodium', day, quantity(140, 'mmol/L', 135, 145)),
    measured('2075-0', 'Chloride', day, quantity(102, 'mmol/L', 98, 107)), measured('1988-5', 'CRP', day, { valueQuantity: { value: 0.5, comparator: '<', unit: 'mg/L' } }),
  ];
  const taken = [blood('2023-02-10', 5.9, 71, 4.4), blood('2024-03-12', 6.4, 80, 4.1), blood('2025-01-15', 7.1, 86, 5.3)];
  const hundred = Array.from({ length: 100 }, (_, number) =>
    number % 5 === 0 ? measured(`x-${number}`, `Antibody ${number}`, '2024-06-01', { valueString: number % 2 ? '1:80' : 'Not detected' }) : measured(`x-${number}`, `Marker ${number}`, '2024-06-01', quantity(number / 3, 'kU/L')));
  return bundle([
    ...taken.flat(), ...taken.map((results, index) => report('Kidney panel', ['2023-02-10', '2024-03-12', '2025-01-15'][index] ?? '', results)),
    ...hundred, report('Allergy panel', '2024-06-01', hundred), pressure('2023-02-10', 128, 84), pressure('2024-03-12', 136, 88), pressure('2025-01-15', 121, 79),
  ]);
}

const elsewhere = () => bundle([
  measured('2345-7', 'Glucose', '2022-05-04', quantity(104, 'mg/dL', 70, 99)), measured('2345-7', 'Glucose', '2023-09-20', quantity(130, 'mg/dL', 70, 99)),
  measured('2345-7', 'Glucose', '2022-11-02', { valueQuantity: { value: 20, comparator: '<', unit: 'mg/dL' } }), measured('2345-7', 'Glucose', '2022-12-02', { valueString: 'Sample was lost' }),
]);

test('one measurement of two sources is one trend, and others stand under it', { tag: ['@desktop', '@no-script'] }, async ({ page, mail, chartkeyOk }, info) => {
  test.setTimeout(240_000);
  const [imported] = JSON.parse(await chartkeyOk(['import', '-', '--source', `Eastbrook ${info.project.name}`, '--json'], clinic())) as { patients: string[] }[];
  const record = imported?.patients[0] ?? '';
  await chartkeyOk(['import', '-', '--source', `Northfield ${info.project.name}`, '--patient', record, '--reason', 'a journey'], elsewhere());
  const { code } = JSON.parse(await chartkeyOk(['person', 'invite', '--patient', record, '--json'])) as { code: string };
  await signUp(page, mail);
  await page.goto('/claim');
  await field(page, 'Code').fill(code);
  for (const [label, value] of [['Day', birth.day], ['Month', birth.month], ['Year', birth.year]] as const) await field(page, label).fill(value);
  await page.getByRole('button', { name: 'Claim this record' }).click();
  await page.waitForURL('**/home?done=claimed');

  await page.goto(`/record/${record}/results`);
  await look(page, 'results-of-a-panel');
  await page.getByRole('link', { name: /^Blood sugar/ }).first().click();
  await look(page, 'result-of-two-sources');
  await page.getByRole('link', { name: 'See it over time' }).click();
  const table = page.getByRole('table');
  await expect(table.getByRole('row')).toHaveCount(8);
  const turned = table.getByRole('row', { name: /20 September 2023/ });
  await expect(turned).toContainText('7.22');
  await expect(turned).toContainText('written as 130 mg/dL');
  await expect(turned).toContainText('Range: 3.89 to 5.50');
  await expect(turned).toContainText(`Northfield ${info.project.name}`);
  await expect(table.getByRole('row', { name: /2 November 2022/ })).toContainText('< 1.12');
  await expect(table.getByRole('row', { name: /2 December 2022/ })).toContainText('it is not a number');
  await expect(page.getByRole('main')).toContainText('of them were written in another unit');
  await expect(page.locator('svg.trend .mark')).toHaveCount(5);
  await look(page, 'trend-of-two-sources');

  for (const [name, count] of [['Creatinine in blood', 2], ['Potassium in blood', 3], ['Sodium in blood', 4]] as const) {
    const choices = page.getByText('Choose what to add');
    await choices.click();
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.locator('svg.trend')).toHaveCount(count);
  }
  expect(new URL(page.url()).search).toMatch(/^\?with=[0-9a-f,-]+$/);
  await expect(page.getByRole('main')).toContainText('Four stand under one another at most.');
  await page.getByText('Potassium in blood in a table').click();
  await look(page, 'trends-under-one-another');
  await page.getByRole('link', { name: 'Take Potassium in blood away' }).click();
  await expect(page.locator('svg.trend')).toHaveCount(3);

  await page.goto(`/record/${record}/vitals`);
  await page.getByRole('link', { name: /^Blood pressure/ }).first().click();
  await page.getByRole('link', { name: 'See it over time' }).click();
  await expect(page.locator('svg.trend .joint')).toHaveCount(3);
  await expect(page.getByRole('table')).toContainText('136 / 88');
  await look(page, 'trend-of-a-pair');

  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto(`/record/${record}/results`);
  await page.getByRole('link', { name: /^Azúcar/ }).first().click();
  await page.getByRole('link', { name: 'Verlo a lo largo del tiempo' }).click();
  await expect(page.getByRole('table')).toContainText('anotado como 130 mg/dL');
  await look(page, 'es-trend');
});
