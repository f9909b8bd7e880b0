import { expect, expectAccessible, field, newPerson, shoot, signIn, signOut, signUp, test } from '../house/test.ts';

test('a person makes an account, leaves, and comes back', { tag: '@no-script' }, async ({ page, mail }) => {
  const person = await signUp(page, mail);
  await page.goto('/account');
  await expect(page.getByText(person.email)).toBeVisible();
  await signOut(page);
  await signIn(page, person);
  await page.goto('/account');
  await expect(page.getByText(person.email)).toBeVisible();
});

test('a forgotten password is replaced, and the old one opens nothing', { tag: '@no-script' }, async ({ page, mail }) => {
  const person = await signUp(page, mail);
  await signOut(page);
  await page.goto('/sign-in/forgotten');
  await field(page, 'Email address').fill(person.email);
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await expect.poll(() => mail.to(person.email).length).toBe(2);
  const link = mail.to(person.email).flatMap((message) => message.links).find((one) => one.includes('/new-password'));
  await page.goto(link ?? '');
  const changed = { email: person.email, password: `another four words ${person.password}` };
  await field(page, 'New password').fill(changed.password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.waitForURL('**/sign-in?done=password');
  await signIn(page, person);
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await signIn(page, changed);
  await page.goto('/account');
  await expect(page.getByText(person.email)).toBeVisible();
});

test('an address that is known and one that is not get the same answer', async ({ page, mail }) => {
  const known = await signUp(page, mail);
  await signOut(page);
  const answers = [];
  for (const email of [known.email, newPerson().email]) {
    await page.goto('/sign-in/forgotten');
    await field(page, 'Email address').fill(email);
    await page.getByRole('button', { name: 'Send me the link' }).click();
    answers.push([page.url(), await page.getByRole('main').innerHTML()]);
  }
  expect(answers[0]).toEqual(answers[1]);
});

for (const path of ['/sign-in', '/sign-up', '/sign-in/forgotten', '/welcome?to=/home', '/clinicians']) {
  test(`${path} is accessible`, { tag: '@desktop' }, async ({ page }) => {
    await page.goto(path);
    await expectAccessible(page);
    await shoot(page, path.replace(/\?.*/, '').replaceAll('/', '-').slice(1));
  });
}
