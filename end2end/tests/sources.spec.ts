// Where a record comes from: a file is added, read, shown and taken back.
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { claim } from '../house/journey.ts';
import { expect, field, look, sharedData, test } from '../house/test.ts';
import path from 'node:path';

const laboratory = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }];

const sodium = (id: string, value: number) => ({
  resourceType: 'Observation', id, status: 'final', category: laboratory, code: { text: 'Sodium' }, effectiveDateTime: '2024-05-06',
  performer: [{ display: 'Southfield Laboratory' }], valueQuantity: { value, unit: 'mmol/L' }, referenceRange: [{ low: { value: 135 }, high: { value: 145 } }],
});

const bundle = (...resources: object[]) => ({
  name: 'southfield.json', mimeType: 'application/json',
  buffer: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) })),
});

async function send(page: Page, file: Parameters<Page['setInputFiles']>[1]): Promise<void> {
  await page.goto('/sources/add');
  await field(page, 'File').setInputFiles(file);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.waitForURL('**/sources/imports/*');
}

test('a file is added, read while its page is left, shown, changed and taken back', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql }) => {
  test.setTimeout(300_000);
  const record = await claim(page, 'synthea-generated/paediatric-infant.json', { house, mail, chartkeyOk, sql });
  await page.goto(`/record/${record}`);
  await page.goto('/sources');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Where your record comes from');
  await look(page, 'sources');
  await page.getByRole('link', { name: 'Add a file' }).click();
  await look(page, 'sources-add');

  const id = randomUUID();
  await send(page, bundle(sodium(id, 141), sodium(randomUUID(), 149), { resourceType: 'Rocket' }));
  const address = page.url();
  // Leaving loses nothing.
  await page.goto('/home');
  await expect(async () => {
    await page.goto(address);
    await expect(page.getByRole('region', { name: 'What came in' })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect(page.getByText('Only you see what this file brought')).toBeVisible();
  await look(page, 'sources-report');
  await page.getByRole('link', { name: /^Results/ }).last().click();
  await expect(page.locator('main')).toContainText('added by you');

  await page.goto(address);
  await page.getByRole('button', { name: 'Let my keys cover these' }).click();
  await expect(page.getByText('Your keys cover what this file brought.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Let my keys cover these' })).toHaveCount(0);

  // A newer file stands in the way of the older.
  await send(page, bundle(sodium(id, 142)));
  const newer = page.url();
  await expect(page.getByRole('region', { name: 'What changed' })).toBeVisible({ timeout: 30_000 });
  await look(page, 'sources-report-changed');
  await page.goto(`${address}?ask=undo`);
  await expect(page.getByText('Later files stand in the way')).toBeVisible();
  await look(page, 'sources-undo-later');
  for (const one of [newer, address]) {
    await page.goto(one);
    await page.getByRole('link', { name: 'Take this file back' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Take this file back?');
    if (one === address) await look(page, 'sources-undo');
    await page.getByRole('button', { name: 'Take this file back' }).click();
    await expect(page.getByText('The file was taken back')).toBeVisible();
  }
  await look(page, 'sources-undone');
  await page.goto('/sources');
  await look(page, 'sources-after');
});

test('a file about somebody else asks, and one that cannot be read says what to do', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql }) => {
  test.setTimeout(300_000);
  await claim(page, 'synthea-generated/paediatric-infant.json', { house, mail, chartkeyOk, sql });
  await send(page, path.join(sharedData, 'synthea-generated/large-glover-7mb.json'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Is this you?', { timeout: 60_000 });
  await look(page, 'sources-question');
  await page.getByRole('button', { name: 'No, discard the file' }).click();
  await expect(page.getByText('Nothing of it was kept.')).toBeVisible();

  await send(page, { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear doctor') });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The file could not be added', { timeout: 30_000 });
  await expect(page.locator('main')).toContainText('Ask the practice or hospital for your record as FHIR.');
  await look(page, 'sources-failed');

  await send(page, { name: 'scan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 a letter') });
  await expect(page.getByRole('region', { name: 'What came in' })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('region', { name: 'What came in' }).getByRole('link', { name: /documents/i }).click();
  await expect(page.locator('main')).toContainText('scan.pdf');
});

test('sending says how far it is, and a lost connection keeps the choice', { tag: ['@desktop'] }, async ({ page, house, mail, chartkeyOk, sql }) => {
  await claim(page, 'synthea-generated/paediatric-infant.json', { house, mail, chartkeyOk, sql });
  await page.goto('/sources/add');
  let lost = true;
  await page.route('**/sources/upload', (route) => (lost ? route.abort('connectionreset') : route.continue()));
  await field(page, 'File').setInputFiles(bundle(sodium(randomUUID(), 141)));
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('status')).toContainText('The connection was lost and nothing was kept.');
  await look(page, 'sources-lost');
  lost = false;
  await page.getByRole('button', { name: 'Send' }).click();
  await page.waitForURL('**/sources/imports/*');
});
