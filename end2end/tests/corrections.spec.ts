import type { Page } from '@playwright/test';
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, expectAccessible, field, shoot, test } from '../house/test.ts';

const words = 'This was not my blood: I was on holiday that week.\nPlease look at the name on the tube.';

test('what a patient says is wrong stands beside it until it is settled', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, { project }) => {
  test.setTimeout(240_000);
  const isScripted = project.name !== 'no-script';
  const look = async (at: Page, name: string) => {
    // axe runs as a script of the page.
    if (isScripted) await expectAccessible(at);
    if (isScripted) await shoot(at, name);
  };
  const chartkey = { house, mail, chartkeyOk, sql };
  const context = await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: isScripted });
  const doctor = await context.newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', chartkey);
  await give(page, ['Results']);

  await page.goto(`/record/${record}/corrections`);
  await expect(page.getByRole('main')).toContainText('You have not said that anything is wrong.');

  await page.goto(`/record/${record}/results`);
  const result = page.locator('li.result .name').first();
  const address = (await result.getAttribute('href')) ?? '';
  await result.click();
  await page.getByRole('link', { name: 'This is wrong' }).click();
  await look(page, 'correction-question');
  // The browser asks for words, so an empty form is sent as no browser does.
  await field(page, 'Your words').fill('   ');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toContainText('at most 1,000 characters');
  await look(page, 'correction-refused');
  await field(page, 'Your words').fill(words);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check what you say');
  expect(page.url()).not.toContain('holiday');
  await page.getByRole('link', { name: 'Change the words' }).click();
  await expect(field(page, 'Your words')).toHaveValue(words);
  await page.getByRole('button', { name: 'Continue' }).click();
  await look(page, 'correction-check');
  await page.getByRole('button', { name: 'Say that this is wrong' }).click();
  await page.waitForURL('**?done=opened');
  await look(page, 'correction-opened');

  // In the list, and to the doctor, who has the words with the item and answers.
  await page.goto(`/record/${record}/results`);
  await expect(page.locator('li.result').first()).toContainText('You say this is wrong: “This was not my blood');
  await look(page, 'correction-results');
  await page.goto(`/record/${record}/timeline?category=results`);
  await expect(page.locator('.row .disputed')).toHaveCount(1);
  await look(page, 'correction-timeline');

  await openShared(doctor, record, sql);
  await doctor.goto(`/record/${record}/results`);
  await expect(doctor.locator('li.result').first()).toContainText('The patient says this is wrong: “This was not my blood');
  await doctor.goto(address);
  await expect(doctor.locator('.notice.caution')).toContainText('Please look at the name on the tube.');
  await look(doctor, 'correction-doctor-item');
  await doctor.getByRole('link', { name: 'See what was said, and answer' }).click();
  await field(doctor, 'Your answer').fill('The laboratory will check the tube.');
  await doctor.getByRole('button', { name: 'Send' }).click();
  await doctor.waitForURL('**?done=written');
  await expect(doctor.locator('.thread')).toContainText('Dr Hana Lindqvist');
  await look(doctor, 'correction-doctor-thread');

  await page.goto('/home');
  await page.getByRole('link', { name: 'Somebody has answered what you said is wrong.' }).click();
  await expect(page.locator('.row')).toContainText('Answered');
  await look(page, 'corrections');
  await page.locator('.row .name').click();
  await expect(page.locator('.thread')).toContainText('The laboratory will check the tube.');
  await expect(page.locator('.thread')).toContainText('Northgate Heart Clinic');
  await look(page, 'correction-thread');
  await page.getByRole('button', { name: 'It is settled' }).click();
  await page.waitForURL('**?done=ended');
  await look(page, 'correction-ended');

  await page.goto(`/record/${record}/results`);
  await expect(page.locator('.disputed')).toHaveCount(0);
  await doctor.goto(`/record/${record}/results`);
  await expect(doctor.getByRole('main')).not.toContainText('says this is wrong');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('answered what you said is wrong');
  await context.close();
});
