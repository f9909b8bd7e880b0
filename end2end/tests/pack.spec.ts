// The emergency pack: made here, opened from disk without us, and everything in it as it came.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { claim, give, heartDoctor } from '../house/journey.ts';
import { sheetsOf } from '../house/paper.ts';
import { expect, expectAccessible, sharedData, shoot, test } from '../house/test.ts';

const FILE = 'synthea/typical-adult-sanford.json';
const PASSPHRASE = 'otter lantern gravel poem';

interface Entry {
  fullUrl?: string;
  resource: { resourceType: string; status?: string; name?: { family?: string }[]; medicationCodeableConcept?: { text?: string }; code?: { text?: string } };
}

test('a pack is made, opens from disk with its passphrase alone, and gives back what came in', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, context, browserName }, info) => {
  test.setTimeout(240_000);
  expect(browserName).toBe('chromium');
  const source = readFileSync(path.join(sharedData, FILE), 'utf8');
  const entries = (JSON.parse(source) as { entry: Entry[] }).entry;
  await claim(page, FILE, { house, mail, chartkeyOk, sql });
  await page.goto('/account');
  await page.getByRole('main').getByRole('link', { name: 'Take it with you' }).click();
  await expectAccessible(page);
  await shoot(page, 'download');

  // Twelve letters at least, twice alike.
  await page.locator('#passphrase').fill('short');
  await page.locator('#again').fill('short');
  await page.getByRole('button', { name: 'Make the pack' }).click();
  await expect(page.getByRole('alert')).toContainText('at least 12 characters');
  await page.locator('#passphrase').fill(PASSPHRASE);
  await page.locator('#again').fill(PASSPHRASE);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Make the pack' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^chartkey-pack-\d{4}-\d\d-\d\d\.html$/);
  const file = info.outputPath(download.suggestedFilename());
  await download.saveAs(file);

  // Nothing of the record stands in it in clear.
  const html = readFileSync(file, 'utf8');
  const texts = new Set(entries.flatMap(({ resource }) => [resource.code?.text, resource.medicationCodeableConcept?.text, resource.name?.[0]?.family]).filter((text): text is string => text !== undefined && text.length > 4));
  expect(texts.size).toBeGreaterThan(30);
  expect([...texts].filter((text) => html.includes(text))).toEqual([]);
  expect(html).not.toContain(PASSPHRASE);

  // From disk, without a network.
  await context.setOffline(true);
  const asked: string[] = [];
  const pack = await context.newPage();
  pack.on('request', (request) => asked.push(request.url()));
  await pack.goto(pathToFileURL(file).href);
  await shoot(pack, 'pack-locked');
  await pack.getByLabel('Passphrase').fill('otter lantern gravel prose');
  await pack.getByRole('button', { name: 'Open it' }).click();
  await expect(pack.getByRole('alert')).toContainText('does not open this file');
  await expect(pack.locator('#overview')).toBeEmpty();
  await pack.getByLabel('Passphrase').fill(PASSPHRASE);
  await pack.getByRole('button', { name: 'Open it' }).click();
  await expect(pack.getByText(/^As of \d+ \w+ \d{4}, /)).toBeVisible();
  const medicine = entries.find(({ resource }) => resource.resourceType === 'MedicationRequest' && resource.status === 'active')?.resource.medicationCodeableConcept?.text ?? '';
  expect(medicine).not.toBe('');
  await expect(pack.locator('#overview')).toContainText(medicine);
  await shoot(pack, 'pack-open');

  // Everything, byte for byte as it came in.
  const saving = pack.waitForEvent('download');
  await pack.getByRole('button', { name: 'Save everything' }).click();
  const saved = await saving;
  const savedAt = info.outputPath(saved.suggestedFilename());
  await saved.saveAs(savedAt);
  const record = readFileSync(savedAt, 'utf8');
  const went = (JSON.parse(record) as { entry: Entry[] }).entry;
  expect(went.length).toBe(entries.length);
  const bytes = resourcesOf(source);
  expect(bytes.length).toBe(entries.length);
  expect(bytes.filter((resource) => !record.includes(resource)).length, 'resources whose bytes changed').toBe(0);

  await pack.getByRole('button', { name: 'Lock it again' }).click();
  await expect(pack.locator('#overview')).toBeEmpty();
  expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:')), 'requests to a network').toEqual([]);
  await context.setOffline(false);

  // The same bytes come from the page itself, and both stand in the log.
  await page.goto('/download');
  const plain = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download everything' }).click();
  const plainAt = info.outputPath('plain.json');
  await (await plain).saveAs(plainAt);
  expect(readFileSync(plainAt, 'utf8')).toBe(record);
  await page.goto('/activity');
  await expect(page.getByText('took a copy of this record')).toHaveCount(2);
});

/** The bytes of each resource of a bundle, as they stand in its text. */
function resourcesOf(bundle: string): string[] {
  const found: string[] = [];
  for (let at = bundle.indexOf('"resource":'); at !== -1; at = bundle.indexOf('"resource":', at)) {
    const begin = bundle.indexOf('{', at);
    let depth = 0;
    let quoted = false;
    let end = begin;
    for (; end < bundle.length; end += 1) {
      const letter = bundle[end];
      if (quoted && letter === '\\') end += 1;
      else if (letter === '"') quoted = !quoted;
      else if (!quoted && letter === '{') depth += 1;
      else if (!quoted && letter === '}' && --depth === 0) break;
    }
    found.push(bundle.slice(begin, end + 1));
    at = end;
  }
  return found;
}

test('a clinician prints the summaries of those who share for treatment', { tag: '@desktop' }, async ({ page: patient, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: patient.viewportSize() })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(patient, FILE, { house, mail, chartkeyOk, sql });
  await give(patient, ['Medicines', 'Allergies']);
  const [name = ''] = sql(`select full_name from patient where patient_id = '${record}'`);
  await doctor.goto('/shared');
  await doctor.getByRole('button', { name: 'Open all summaries for treatment' }).click();
  await doctor.waitForURL('**/shared/print');
  // Others of the same name are on it too: the page says whose its sheets are, in their order.
  const open = new URLSearchParams((await doctor.locator('body').getAttribute('data-open')) ?? '');
  const sheets = open.getAll('patient');
  expect(sheets).toContain(record);
  const leaf = doctor.locator('.patient-page').nth(sheets.indexOf(record));
  await expect(leaf).toContainText(name);
  await expect(leaf.getByRole('heading', { name: 'Medicines in use' })).toBeVisible();
  await expect(leaf.getByRole('heading', { name: 'Active problems' })).toHaveCount(0);
  await expectAccessible(doctor);
  await shoot(doctor, 'shared-print');
  // Low sheets, so that each patient needs several: whose it is stands on all of them.
  const names = await doctor.locator('.patient-page h2').allInnerTexts();
  const printed = sheetsOf(await doctor.pdf({ width: '210mm', height: '148mm' }));
  // The line that ends the print may stand on a sheet of its own.
  const told = printed.filter((sheet) => sheet.replace(/Printed from Chartkey on .*|Page \d+ of \d+/g, '').trim() !== '');
  for (const sheet of told) expect(names.filter((one) => sheet.includes(one)), sheet).not.toEqual([]);

  // One of the shares on it ends: the page covers itself.
  const heard = doctor.waitForResponse('**/events?*');
  await doctor.reload();
  await heard;
  await patient.goto('/sharing');
  await patient.locator('main a[href^="/sharing/"]').filter({ hasText: 'Details' }).first().click();
  await patient.getByRole('link', { name: 'Stop sharing' }).click();
  await patient.getByRole('button', { name: 'Stop sharing' }).click();
  await expect(doctor.locator('#cover')).toBeVisible({ timeout: 2_000 });
  expect(await doctor.locator('.patient-page').count()).toBe(0);
});
