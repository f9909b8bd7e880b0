// Everything that a person does here, done without a mouse: no click, no script that moves the focus.
import { heartDoctor } from '../house/journey.ts';
import { around, choose, open, tick, typeInto } from '../house/keyboard.ts';
import { birth, bundleWithTrend } from '../house/record.ts';
import { expect, field, newPerson, test } from '../house/test.ts';

const ELSEWHERE = 'https://www.wikipedia.org/';

// Two bars stick to this window, so that is where something could be covered.
const PHONE = { width: 360, height: 740 };

test.use({ viewport: PHONE });

test('every journey goes by keyboard alone', { tag: ['@desktop', '@only'] }, async ({ page, house, mail, chartkeyOk, browser }) => {
  test.setTimeout(240_000);
  const doctor = await browser.newPage({ baseURL: house.url });
  await heartDoctor(doctor, house);
  await doctor.close();
  const person = newPerson();
  const [report] = JSON.parse(await chartkeyOk(['import', '-', '--source', 'by keyboard', '--json'], bundleWithTrend([13.1, 12.4, 11.5])));
  const [record] = report.patients;
  const { code } = JSON.parse(await chartkeyOk(['person', 'invite', '--patient', record, '--json']));
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const link = (name: string | RegExp) => page.getByRole('main').getByRole('link', { name }).first();
  const heading = page.getByRole('heading', { level: 1 });
  const said = page.getByRole('status');

  // An account. The first stop of every page leads past its head.
  await page.goto('/sign-up');
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.locator('main :focus')).toHaveCount(1);
  await page.goto('/sign-up');
  await typeInto(page, field(page, 'Email address'), person.email);
  await page.keyboard.press('Enter');
  await expect(heading).toHaveText('Check your email');
  const [address = ''] = (await mail.only(person.email)).links;
  await page.goto(address);
  await typeInto(page, field(page, 'Your name'), person.name);
  await typeInto(page, field(page, 'New password'), person.password);
  await open(page, button('Make my account'));
  await page.waitForURL('**/home');

  // A refused form has the focus on what is wrong, which leads to its field.
  await open(page, link('Claim your record'));
  await page.waitForURL('**/claim');
  const day = [['Day', birth.day], ['Month', birth.month], ['Year', birth.year]] as const;
  await typeInto(page, field(page, 'Code'), 'AAAA-AAAA-AAA');
  for (const [label, value] of day) await typeInto(page, field(page, label), value);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  await open(page, page.getByRole('alert').getByRole('link'));
  await expect(field(page, 'Code')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/home?done=claimed');
  // What was done has the focus: it is read out, and the keyboard goes on below it.
  await expect(said.first()).toBeFocused();
  await expect(said.first()).toContainText('This record is yours now.');

  // A result, by way of the list, and its trend.
  await open(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Record', exact: true }));
  await expect(heading).toHaveText('Your record');
  await open(page, link(/^All .*results/i));
  await open(page, link(/^Haemoglobin/));
  await expect(page.locator('.large .figure')).toContainText('11.5');
  await open(page, link('See it over time'));
  await expect(page.getByRole('table')).toContainText('12.4');
  await around(page);

  // Looking for something: while typing, the number is said and the focus stays; then the form itself.
  await page.goto(`/record/${record}/search`);
  await expect(page.locator('html')).toHaveAttribute('data-islands', 'awake');
  const words = page.getByLabel('What are you looking for?');
  await typeInto(page, words, 'haemog');
  await expect(page.locator('.glance').getByRole('status')).toContainText(/3/);
  await expect(words).toBeFocused();
  await open(page, page.locator('.glance').getByRole('link').first());
  await page.waitForURL('**/results/*');
  await page.goto(`/record/${record}`);
  await typeInto(page, words, 'haemoglobin');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\/[0-9a-f-]{36}$/);
  await expect(said.filter({ hasText: /“haemoglobin”/ }).first()).toBeVisible();
  await expect(page.locator('mark').first()).toBeVisible();
  await around(page);

  // A key for a doctor: radio buttons by arrow, tick boxes by the space bar, each question a page.
  await page.goto('/home');
  await open(page, link('Share with someone'));
  await choose(page, page.getByRole('radio', { name: 'Dr Hana Lindqvist' }));
  await open(page, button('Continue'));
  await choose(page, page.getByRole('radio', { name: 'Treatment' }));
  await open(page, button('Continue'));
  await open(page, button('Continue'));
  await expect(page.getByRole('alert')).toBeFocused();
  await tick(page, page.getByRole('checkbox', { name: 'Results' }));
  await open(page, button('Continue'));
  await choose(page, page.getByRole('radio', { name: 'Until I stop it' }));
  await open(page, button('Continue'));
  await expect(heading).toHaveText('Check, then hand over the key');
  await around(page);
  await page.goto(page.url());
  await open(page, button('Give this key'));
  await page.waitForURL('**/sharing/*?done=given');
  await expect(said.first()).toBeFocused();
  await open(page, link('Stop sharing'));
  await expect(heading).toBeVisible();
  await open(page, button('Stop sharing'));
  await page.waitForURL('**?done=withdrawn');
  await expect(said.first()).toBeFocused();

  // Once around every page that people live on, here and where the navigation stands beside the page.
  const parts = ['/home', '/sharing', '/activity', '/account', `/record/${record}`, `/record/${record}/results`, `/record/${record}/timeline`];
  for (const viewport of [PHONE, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport);
    for (const part of parts) {
      await page.goto(part);
      expect((await around(page)).length, part).toBeGreaterThan(8);
    }
  }

  // Away at once, and out.
  await page.route(`${ELSEWHERE}**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!DOCTYPE html><html lang="en"><title>Elsewhere</title>' }));
  await page.goto('/sharing');
  await open(page, page.getByRole('link', { name: 'Leave now' }));
  await page.waitForURL(ELSEWHERE);
  await page.goto('/home');
  await open(page, page.getByRole('button', { name: /^Sign out/ }));
  await page.waitForURL('**/sign-in?done=signed-out');
  await expect(said.first()).toBeFocused();
});
