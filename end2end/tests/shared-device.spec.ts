// A device that other people use: who has signed out leaves nothing there.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, field, newPerson, shoot, signUp, test } from '../house/test.ts';

test('on a shared device nothing comes back after signing out', { tag: ['@desktop', '@no-script'] }, async ({ page, mail }, info) => {
  const person = newPerson();
  await signUp(page, mail, person);
  await page.context().clearCookies();
  await page.goto('/sign-in');
  const shared = page.getByRole('checkbox', { name: 'Other people use this device' });
  const signIn = async (password: string) => {
    await field(page, 'Email address').fill(person.email);
    await field(page, 'Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  await shared.check();
  await signIn('wrong on purpose');
  await expect(shared, 'a refused form keeps what was ticked').toBeChecked();
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await shoot(page, 'sign-in-shared');
  await signIn(person.password);
  await page.waitForURL('**/home');
  await page.goto('/account');
  await expect(page.locator('main')).toContainText(person.email);
  if (info.project.name !== 'no-script') await asksBeforeItLeaves(page);
  await page.getByRole('button', { name: /^Sign out/ }).first().click();
  await page.waitForURL('**/sign-in?done=signed-out');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to go on');
  await expect(page.locator('body')).not.toContainText(person.email);
  expect((await page.context().cookies()).filter(({ name }) => name.includes('device'))).toEqual([]);
});

/** A minute before its session ends the page asks; whoever types is not asked, and whoever is gone is led away. */
async function asksBeforeItLeaves(page: Page): Promise<void> {
  await page.clock.install();
  await page.goto('/account');
  const question = page.getByRole('dialog', { name: 'Are you still there?' });
  await page.clock.fastForward('03:50');
  await expect(question).toBeHidden();
  await page.clock.fastForward('00:15');
  await expect(question).toBeVisible();
  await expect(question.getByRole('button', { name: 'I am still here' })).toBeFocused();
  await expectAccessible(page);
  await shoot(page, 'still-there');
  // Until the page itself has the answer: a clock that goes on before that lets the session end.
  const kept = async () => {
    await page.waitForResponse('**/account');
    await page.evaluate(() => null);
  };
  const first = kept();
  await page.keyboard.press('Enter');
  await first;
  await expect(question).toBeHidden();
  await page.clock.fastForward('03:50');
  await expect(question).toBeHidden();
  await page.goto('/account/email');
  const second = kept();
  await page.getByRole('textbox').first().pressSequentially('a');
  await page.clock.fastForward('04:05');
  await second;
  await expect(question).toBeHidden();
  await page.clock.fastForward('04:30');
  await page.clock.fastForward('01:00');
  await page.waitForURL('**/welcome');
  await page.goto('/account');
}
