// The main job, end to end, on a record that none of us wrote: claim, read, share a part, read that part, see who looked, take it back.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { claim, give, heartDoctor, openShared, readAll } from '../house/journey.ts';
import { expect, sharedData, test } from '../house/test.ts';

const FILE = 'synthea/typical-adult-sanford.json';

interface Resource {
  resourceType: string;
  code?: { text?: string };
  category?: { coding?: { code?: string }[] }[];
  vaccineCode?: { text?: string };
  medicationCodeableConcept?: { text?: string };
  type?: { text?: string }[];
}

const resources = (JSON.parse(readFileSync(path.join(sharedData, FILE), 'utf8')) as { entry: { resource: Resource }[] }).entry.map((entry) => entry.resource);
const of = (type: string) => resources.filter((resource) => resource.resourceType === type);
const observations = (kind: string) => of('Observation').filter((one) => one.category?.[0]?.coding?.[0]?.code === kind);

/** What a contraceptive is called in this file: a medicine with a sensitive label. */
const LABELLED = /NuvaRing|contracept/i;

/** The texts of what two categories without labels may not show: hidden problems, vaccines, surveys, labelled medicines. */
function canaries(): string[] {
  const hidden = [
    ...of('Condition').map((one) => one.code?.text),
    ...of('Immunization').map((one) => one.vaccineCode?.text),
    ...of('Procedure').map((one) => one.code?.text),
    ...observations('vital-signs').map((one) => one.code?.text),
    ...observations('survey').map((one) => one.code?.text),
    ...of('MedicationRequest').map((one) => one.medicationCodeableConcept?.text).filter((text) => LABELLED.test(text ?? '')),
  ];
  const shown = new Set([
    ...observations('laboratory').map((one) => one.code?.text),
    ...observations('procedure').map((one) => one.code?.text),
    ...of('DiagnosticReport').map((one) => one.code?.text),
  ]);
  return [...new Set(hidden)].filter((text): text is string => text !== undefined && text.length > 4 && !shown.has(text));
}

test('a record is claimed, read, shared in part, looked at, and closed again', { tag: '@no-script' }, async ({ page: patient, house, mail, chartkeyOk, sql, browser }, info) => {
  test.setTimeout(240_000);
  const script = info.project.name !== 'no-script';
  const doctor = await browser.newPage({ baseURL: house.url, javaScriptEnabled: script });
  await heartDoctor(doctor, house);

  // The patient claims the record and reads a visit, a result and a trend.
  const record = await claim(patient, FILE, { house, mail, chartkeyOk, sql });
  await patient.goto(`/record/${record}/visits`);
  await patient.locator(`main a[href^="/record/${record}/visits/"]`).first().click();
  await expect(patient.getByRole('heading', { level: 1 })).toBeVisible();
  await patient.goto(`/record/${record}/results`);
  await patient.locator(`main li a[href^="/record/${record}/results/"]`).first().click();
  await expect(patient.getByRole('heading', { level: 1 })).toBeVisible();
  await patient.locator(`main a[href^="/record/${record}/trends/"]`).first().click();
  await expect(patient.getByRole('table')).toBeVisible();

  // Two categories for the doctor.
  const sentence = await give(patient, ['Results', 'Medicines']);
  expect(sentence).toContain('Dr Hana Lindqvist');
  await openShared(doctor, record, sql);
  const hidden = sql(`select category || ' ' || item_id from item where patient_id = '${record}' and (category not in (3, 6) or labels <> 0)`).map((row) => row.split(' '));
  const names = ['', 'details', 'problems', 'medicines', 'allergies', 'vaccines', 'results', 'vitals', 'procedures', 'visits', 'documents', 'imaging', 'plans', 'lifestyle', 'devices', 'insurance', 'own'];
  const guessed = hidden.map(([category, id]) => `/record/${record}/${names[Number(category)]}/${id}`);
  const read = await readAll(doctor.request, record, guessed);

  // Exactly those: every result and medicine of the file that carries no label, and nothing else.
  const items = (category: string) => new Set([...read.found].flatMap((address) => address.match(new RegExp(`/${category}/([0-9a-f-]{36})$`))?.[1] ?? []));
  const results = observations('laboratory').length + observations('procedure').length + of('DiagnosticReport').length;
  const medicines = of('MedicationRequest').filter((one) => !LABELLED.test(one.medicationCodeableConcept?.text ?? '')).length;
  expect(items('results').size, 'results of the file').toBe(results);
  expect(items('medicines').size, 'medicines of the file').toBe(medicines);
  expect(guessed.filter((address) => read.found.has(address)), 'hidden items that opened').toEqual([]);

  // No text of a hidden problem, medicine or label in any byte that the doctor received.
  const texts = canaries();
  expect(texts.length).toBeGreaterThan(20);
  const leaks = texts.flatMap((text) => [...read.bytes].filter(([, bytes]) => bytes.includes(text) || bytes.includes(text.replaceAll('&', '&amp;'))).map(([address]) => `${text} at ${address}`));
  expect(leaks).toEqual([]);
  console.log(`${info.project.name}: ${read.bytes.size} addresses read, ${results} results and ${medicines} medicines of the file found, ${texts.length} canaries, 0 leaks`);

  // The log names doctor, grant and purpose.
  await patient.goto('/activity?show=others');
  const look = patient.locator('.entry').first();
  await expect(look).toContainText('Dr Hana Lindqvist');
  await expect(look).toContainText('Northgate Heart Clinic');
  await expect(look).toContainText('for treatment');
  await expect(look).toContainText(sentence.slice(0, 60));

  // Withdrawn: covered within a second where there is script, and the next read is a 404.
  const stream = script ? doctor.waitForResponse('**/events?*') : undefined;
  await doctor.goto(`/record/${record}/results`);
  await stream;
  await patient.goto('/sharing');
  await patient.locator('main a[href^="/sharing/"]').filter({ hasText: 'Details' }).first().click();
  await patient.getByRole('link', { name: 'Stop sharing' }).click();
  const begun = Date.now();
  await patient.getByRole('button', { name: 'Stop sharing' }).click();
  if (script) {
    await expect(doctor.locator('#cover')).toBeVisible({ timeout: 1_000 });
    console.log(`${info.project.name}: covered ${Date.now() - begun} ms after the click that withdrew`);
    expect(await doctor.locator('main').count()).toBe(0);
  }
  await patient.waitForURL('**?done=withdrawn');
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(404);
  expect((await doctor.goto(`/record/${record}`))?.status()).toBe(404);
});
