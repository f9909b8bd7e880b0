import { expect, expectAccessible, shoot, test } from '../house/test.ts';

test('every part of a page is accessible in every state', { tag: '@desktop' }, async ({ page }) => {
  for (const address of ['/about/components', '/about/components?problem=passphrase']) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('What pages are made of');
    await expectAccessible(page);
    await shoot(page, address.includes('?') ? 'components-refused' : 'components');
  }
});
