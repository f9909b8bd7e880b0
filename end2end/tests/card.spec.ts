import type { Page } from '@playwright/test';
import jsQR from 'jsqr';
import { claim } from '../house/journey.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

/** What a telephone reads from the picture on the page. */
async function scanned(page: Page): Promise<string> {
  const { pixels, side } = await page.locator('.qr svg').evaluate(async (svg) => {
    const side = 600;
    const picture = new Image(side, side);
    picture.src = `data:image/svg+xml;base64,${btoa(new XMLSerializer().serializeToString(svg))}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = side;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(picture, 0, 0, side, side);
    return { pixels: [...context.getImageData(0, 0, side, side).data], side };
  });
  const code = jsQR.default(Uint8ClampedArray.from(pixels), side, side);
  if (!code) throw new Error('the picture cannot be read');
  return new TextDecoder().decode(Uint8Array.from(code.binaryData));
}

test('the card says what an emergency asks for, in words and as a picture', { tag: ['@desktop'] }, async ({ page, house, mail, chartkeyOk, sql }) => {
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await page.goto('/download');
  await page.getByRole('link', { name: 'Emergency card' }).click();
  await page.waitForURL('**/download/card');
  const [name = ''] = sql(`select full_name from patient where patient_id = '${record}'`);
  await expect(page.getByRole('heading', { name })).toBeVisible();
  const medicines = await page.locator('.card').filter({ hasText: 'Medicines in use' }).locator('ul').first().locator('li').allInnerTexts();
  expect(medicines.length).toBeGreaterThan(0);
  const text = await scanned(page);
  expect(text.split('\n')[0]).toContain(name);
  expect(text).toContain(`Medicines in use: ${medicines[0]}`);
  await expectAccessible(page);
  await shoot(page, 'card');
});
