// What is printed: whose it is, and a number, on each page.
import { execFileSync } from 'node:child_process';
import { sheetsOf } from '../house/paper.ts';
import { claim } from '../house/journey.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

test('the summary prints with whose it is and a number on each page, and is there as a file', { tag: ['@desktop'] }, async ({ page, house, mail, chartkeyOk, sql }) => {
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await page.goto(`/record/${record}`);
  await page.getByRole('link', { name: 'Summary to print' }).click();
  await page.waitForURL(`**/record/${record}/print`);
  const [name = '', born = ''] = (sql(`select full_name || '|' || left(birth_date, 4) from patient where patient_id = '${record}'`)[0] ?? '').split('|');
  await expect(page.getByRole('heading', { name, level: 2 })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'paper');

  const printed = sheetsOf(await page.pdf({ format: 'A4', preferCSSPageSize: true }));
  expect(printed.length).toBeGreaterThan(1);
  for (const [index, sheet] of printed.entries()) {
    expect(sheet, `page ${index + 1}`).toContain(name);
    expect(sheet, `page ${index + 1}`).toContain(born);
    expect(sheet).toContain(`Page ${index + 1} of ${printed.length}`);
  }

  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as PDF' }).click();
  const file = await (await waiting).path();
  expect(execFileSync('pdfinfo', [file]).toString()).toMatch(/Tagged: +yes/);
  const words = (await page.locator('article.paper').innerText()).replace(/\s+/g, '');
  const told = execFileSync('pdftotext', ['-raw', file, '-']).toString().replace(/\s+/g, '');
  for (const heading of await page.locator('article.paper h3').allInnerTexts()) {
    expect(words).toContain(heading.replace(/\s+/g, ''));
    expect(told).toContain(heading.replace(/\s+/g, ''));
  }
});
