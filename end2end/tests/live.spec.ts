// A code and a request between two people in a waiting room: each sees on their own screen what the other has just done.
import { claim, heartDoctor } from '../house/journey.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

test('a code is used, confirmed and refused, and both screens follow', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize() })).newPage();
  await heartDoctor(doctor, house);
  await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  for (const [button, said] of [['Give this key', 'Confirmed: it is in your list'], ['Refuse', 'Not confirmed. Ask your patient.']] as const) {
    await page.goto('/sharing/new');
    await page.getByRole('radio', { name: /^Somebody else/ }).check();
    for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('checkbox', { name: /^Results/ }).check();
    for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Make the code' }).click();
    await page.waitForURL('**/sharing/codes');
    const code = await page.locator('.code strong').first().innerText();

    await doctor.goto('/redeem');
    await doctor.getByLabel('Code', { exact: true }).fill(code);
    await doctor.getByRole('button', { name: 'Use a code' }).click();
    await expect(doctor.getByRole('main')).toContainText('Your patient has not confirmed yet.');
    // Nobody reloads.
    await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist');
    await expect(page.locator('#changed')).toHaveText('This page has changed.');
    await expectAccessible(page);
    await shoot(page, `code-used-${button === 'Refuse' ? 'refused' : 'given'}`);
    await page.getByRole('button', { name: button }).click();
    await expect(doctor.getByRole('main')).toContainText(said);
    await expectAccessible(doctor);
    await shoot(doctor, `code-${button === 'Refuse' ? 'refused' : 'confirmed'}`);
  }
});

test('what somebody is writing is not taken from them when their page changes', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await page.goto('/sharing/requests');
  await page.getByRole('button', { name: 'Make a share name' }).click();
  const name = await page.locator('.code strong').innerText();
  await doctor.goto('/shared/ask');
  await doctor.getByLabel('Their share name').fill(name);
  await doctor.getByRole('checkbox', { name: 'Results', exact: true }).check();
  await doctor.getByLabel('Why do you need it?').fill('To see whether it helped.');
  await doctor.getByRole('button', { name: 'Ask', exact: true }).click();
  await doctor.waitForURL('**done=sent');
  await expect(page.getByRole('main')).toContainText('Dr Hana Lindqvist asks');

  await doctor.getByLabel('Why do you need it?').fill('Half a sen');
  await page.getByRole('button', { name: /^Refuse/ }).click();
  await expect(doctor.locator('#changed')).toHaveText('Something here has changed. It stands here when you load the page again.');
  await expect(doctor.getByLabel('Why do you need it?')).toHaveValue('Half a sen');
  await doctor.reload();
  await expect(doctor.getByRole('main')).toContainText('Refused');
});
