import { claimBundle } from '../house/journey.ts';
import { bundleWithTrend } from '../house/record.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

test('a trend is complete without WebAssembly, and points at a value with it', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql }, info) => {
  const patient = await claimBundle(page, bundleWithTrend([13.1, 12.4, 11.5]), { house, mail, chartkeyOk, sql });
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
