// What people come to look for, found from the first page on a telephone: how many taps it takes, and how long.
import type { Page } from '@playwright/test';
import { claim } from '../house/journey.ts';
import { expect, shoot, test } from '../house/test.ts';

/** Follows a way from the first page, one tap a step. Returns what it took. */
async function way(page: Page, what: string, steps: (() => Promise<void>)[]): Promise<string> {
  await page.goto('/home');
  const begun = Date.now();
  for (const step of steps) await step();
  const took = `${what}: ${steps.length} taps, ${((Date.now() - begun) / 1000).toFixed(1)} s`;
  test.info().annotations.push({ type: 'found', description: took });
  return took;
}

test('the last HbA1c, the note of the last visit and an allergy are a few taps from the first page', async ({ page, house, mail, chartkeyOk, sql }) => {
  const record = await claim(page, 'synthea-generated/large-glover-7mb.json', { house, mail, chartkeyOk, sql });
  const main = page.locator('main');
  const open = () => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Record', exact: true }).tap();
  const took = [];

  const [last = ''] = sql(`select value_text from item where patient_id = '${record}' and 'http://loinc.org|4548-4' = any(codes) order by sort_at desc limit 1`);
  took.push(
    await way(page, 'the last HbA1c', [
      open,
      async () => {
        await page.getByLabel('What are you looking for?').fill('hba1c');
        await page.getByRole('button', { name: 'Search', exact: true }).tap();
        const results = page.getByRole('region', { name: 'Results' });
        await expect(results.locator('.row').first()).toContainText(last);
        await expect(results.locator('.row').first()).toBeInViewport();
      },
    ]),
  );
  await shoot(page, 'find-result');

  took.push(
    await way(page, 'the note of the last visit', [
      open,
      () => page.getByRole('region', { name: 'Latest visits' }).locator('.row').getByRole('link').first().tap(),
      () => main.getByRole('link', { name: /note/i }).first().tap(),
      async () => expect(main.locator('h1 ~ *, .note, pre').first()).toBeVisible(),
    ]),
  );
  await shoot(page, 'find-note');

  took.push(
    await way(page, 'whether penicillin is an allergy', [
      open,
      async () => {
        const allergies = page.getByRole('region', { name: 'Allergies' });
        await expect(allergies).toContainText(/aspirin/i);
        await expect(allergies).not.toContainText(/penicillin/i);
      },
    ]),
  );
  console.log(took.join('\n'));
});
