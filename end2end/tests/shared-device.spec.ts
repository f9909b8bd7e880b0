// A device that other people use: who has signed out leaves nothing there.
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
  await page.getByRole('button', { name: /^Sign out/ }).first().click();
  await page.waitForURL('**/sign-in?done=signed-out');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to go on');
  await expect(page.locator('body')).not.toContainText(person.email);
  expect((await page.context().cookies()).filter(({ name }) => name.includes('device'))).toEqual([]);
});
