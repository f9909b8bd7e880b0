import { expect, expectAccessible, test } from '../house/test.ts';

test('the first page says what this is, with every file of it there', { tag: ['@desktop', '@no-script'] }, async ({ page }) => {
  const missing: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400) missing.push(`${response.status()} ${response.url()}`);
  });
  const response = await page.goto('/');
  expect(response?.status()).toBe(200);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.waitForLoadState('load');
  expect(missing).toEqual([]);
});

test('the first page is accessible', { tag: ['@desktop'] }, async ({ page }) => {
  await page.goto('/');
  await expectAccessible(page);
});

test('a page without an island asks for no WebAssembly', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/sign-in');
  await page.waitForLoadState('load');
  expect(asked.filter((path) => path.endsWith('.wasm') || /\/app-[0-9a-f]+\.js$/.test(path))).toEqual([]);
});
