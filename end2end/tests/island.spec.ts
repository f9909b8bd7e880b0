import { birth, bundleWithTrend } from '../house/record.ts';
import { expect, expectAccessible, field, shoot, signUp, test } from '../house/test.ts';

test('a trend is complete without WebAssembly, and points at a value with it', { tag: ['@desktop', '@no-script'] }, async ({ page, mail, chartkeyOk }, info) => {
  const [report] = JSON.parse(await chartkeyOk(['import', '-', '--source', 'island', '--json'], bundleWithTrend([13.1, 12.4, 11.5])));
  const [patient] = report.patients;
  const { code } = JSON.parse(await chartkeyOk(['person', 'invite', '--patient', patient, '--json']));
  await signUp(page, mail);
  await page.goto('/claim');
  await field(page, 'Code').fill(code);
  for (const [label, value] of [['Day', birth.day], ['Month', birth.month], ['Year', birth.year]] as const) await field(page, label).fill(value);
  await page.getByRole('button', { name: 'Claim this record' }).click();
  await page.waitForURL('**/home?done=claimed');

  await page.goto(`/record/${patient}/results`);
  await page.locator('main a[href*="/results/"]').first().click();
  await page.locator('main a[href*="/trends/"]').first().click();
  await expect(page.getByRole('table')).toContainText('12.4');

  if (info.project.name === 'no-script') return;
  await expect(page.locator('html')).toHaveAttribute('data-islands', 'awake');
  await page.locator('.pointer rect').nth(1).hover();
  await expect(page.locator('.pointed-at')).toContainText('12.4');
  await expectAccessible(page);
  await shoot(page, 'trend');
});
