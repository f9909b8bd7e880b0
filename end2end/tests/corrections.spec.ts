import type { Page } from '@playwright/test';
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, expectAccessible, field, look, shoot, test } from '../house/test.ts';

const words = 'This was not my blood: I was on holiday that week.\nPlease look at the name on the tube.';

test('what a patient says is wrong stands beside it until it is settled', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, { project }) => {
  test.setTimeout(240_000);
  const isScripted = project.name !== 'no-script';
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
  // The browser asks for words, and takes letters that nobody sees for some.
  await field(page, 'Your words').fill('\u200b \u2800');
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
  // Both ways out are of one height, and each asks first.
  const heights = await page.locator('.actions a.button').evaluateAll((ways) => ways.map((way) => way.getBoundingClientRect()).map(({ top, height }) => [top, height]));
  if (project.name === 'desktop') expect(heights[0]).toEqual(heights[1]);
  await page.getByRole('link', { name: 'I take it back' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Take back what you said?');
  await page.getByRole('link', { name: 'Let it stand' }).click();
  await page.getByRole('link', { name: 'It is settled' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Is it settled?');
  await look(page, 'correction-ending');
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

/// Says of the page that is open that it is wrong.
const say = async (page: Page, typed: string) => {
  await page.getByRole('link', { name: 'This is wrong' }).click();
  await field(page, 'Your words').fill(typed);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Say that this is wrong' }).click();
  await page.waitForURL('**?done=opened');
};

test('what is said goes with the row that stands for several, with a heading, a picture and on paper', { tag: ['@desktop'] }, async ({ page, house, mail, chartkeyOk, sql }) => {
  test.setTimeout(240_000);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  const long = 'I stopped taking these when I moved, long before this was written. ' + 'Nobody asked me about it then or since. '.repeat(8);

  // A medicine that was renewed: what is said of an older record of it stands with its row.
  await page.goto(`/record/${record}/medicines`);
  const renewed = page.locator('.row', { hasText: /\d+ records/ }).first();
  const name = ((await renewed.locator('.name').textContent()) ?? '').split(',')[0] ?? '';
  await renewed.locator('.name').click();
  await page.locator('section[aria-labelledby=others] .name').last().click();
  await say(page, long);
  await page.goto(`/record/${record}/medicines`);
  const row = page.locator('.row', { hasText: name }).first();
  await expect(row.locator('.disputed')).toContainText('You say that the record of');
  await shoot(page, 'correction-course');
  await row.getByRole('link', { name: 'Read all of it' }).click();
  await expect(page.getByRole('main')).toContainText(long.trim().slice(-80));

  // A result, its report, and what came before.
  await page.goto(`/record/${record}/results`);
  await page.locator('section.sheet h2 a').first().click();
  await say(page, 'This report is not mine.');
  await page.goto(`/record/${record}/results`);
  await expect(page.locator('.report .disputed').first()).toContainText('This report is not mine.');
  const result = page.locator('li.result', { has: page.locator('.was') }).first();
  await result.locator('.name').click();
  const own = page.url();
  await page.getByRole('link', { name: 'See it over time' }).click();
  const trend = page.url();
  await page.locator('.measured tbody tr').nth(1).getByRole('link').first().click();
  await say(page, 'Nor this one.');
  await page.goto(`/record/${record}/results`);
  await expect(page.locator('.was .doubted').first()).toContainText('said to be wrong');
  await expectAccessible(page);
  await shoot(page, 'correction-heading');
  for (const address of [own, trend]) {
    await page.goto(address);
    await expect(page.locator('svg.trend .doubt').first()).toBeVisible();
    await expect(page.locator('svg.trend').first()).toHaveAttribute('aria-label', /With a ring, what is said to be wrong: /);
    await expectAccessible(page);
  }
  const measured = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  await shoot(page, 'correction-trend');

  // While somebody types, on paper and on the card.
  await page.goto(`/record/${record}/search`);
  await page.locator('#words').pressSequentially(measured.slice(0, 18), { delay: 20 });
  await expect(page.locator('.glance .disputed').first()).toContainText('You say this is wrong:');
  await shoot(page, 'correction-glance');
  await page.goto(`/record/${record}/print`);
  const isInUse = (await page.getByRole('article').getByText(name).count()) > 0;
  if (isInUse) await expect(page.getByRole('article')).toContainText(long.trim().slice(-80));
  await shoot(page, 'correction-print');
  await page.goto('/download/card');
  await shoot(page, 'correction-card');

  // One stands already: what is typed anew leads there, and is not lost.
  await page.goto(own);
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await tab.goto(own);
    await tab.getByRole('link', { name: 'This is wrong' }).click();
    await field(tab, 'Your words').fill(tab === page ? 'In the one window.' : 'In the other window.');
  }
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Say that this is wrong' }).click();
  await page.waitForURL('**?done=opened');
  await other.getByRole('button', { name: 'Continue' }).click();
  await expect(other.getByRole('main')).toContainText('You have already said that this is wrong');
  await expect(field(other, 'Your message')).toHaveValue('In the other window.');
  await expectAccessible(other);
  await shoot(other, 'correction-stands');
});
