// A single entry is shared by itself, from its own page; and what belongs to a condition, without the rest of the record.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('an entry is shown beside a share, and what belongs to a condition by itself', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await give(page, ['Results']);
  await openShared(doctor, record, sql);

  const [item = ''] = sql(`select item_id from item where patient_id = '${record}' and category = 2 and labels = 0 and not is_error order by sort_at desc, item_id limit 1`);
  const problem = `/record/${record}/problems/${item}`;
  expect((await doctor.goto(problem))?.status()).toBe(404);
  await page.goto(`${problem}/who`);
  await expect(page.getByRole('main')).toContainText('The share does not reach it');
  await look(page, 'alone-who');
  await page.getByRole('button', { name: 'Show this to Dr Hana Lindqvist as well' }).click();
  await expect(page.locator('.grant .sentence')).toContainText('They can also see 1 entry that you chose, whatever its date. Nothing sensitive is included');
  await look(page, 'alone-check');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await expect(page.getByRole('region', { name: 'Entries that you chose' }).locator(`a[href$="${item}"]`)).toBeVisible();
  await look(page, 'alone-given');
  expect((await doctor.goto(problem))?.status()).toBe(200);
  await doctor.goto(`/record/${record}/problems`);
  expect(await doctor.locator('main .row').count(), 'the one entry and no other').toBe(1);

  // Each look is in the log, which is read by person as well.
  await page.goto('/activity');
  await page.getByRole('link', { name: 'By person' }).click();
  const looked = page.getByRole('region', { name: 'By person' }).getByRole('listitem').filter({ hasText: 'Dr Hana Lindqvist' });
  await expect(looked).toContainText(/Dr Hana Lindqvist.*\d+ entries/);
  await look(page, 'log-people');
  await looked.getByRole('link').click();
  await expect(page.getByRole('navigation', { name: 'Show' }).locator('[aria-current=page]')).toHaveText('Dr Hana Lindqvist');
  await expect(page.getByRole('main').getByRole('heading', { level: 3 }).first()).toContainText('Dr Hana Lindqvist');

  // What belongs to a condition, for somebody else, with one of it left out.
  await page.goto('/sharing/new');
  await page.getByRole('radio', { name: 'Somebody else: give them a code' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  const lens = page.getByRole('region', { name: 'Only what belongs to a condition' }).getByRole('button').first();
  await look(page, 'belonging');
  await lens.click();
  await expect(page.getByRole('checkbox', { checked: true, name: /.+/ }).first()).toBeVisible();
  const chosen = () => page.locator('#things input[type=checkbox]:checked');
  const many = await chosen().count();
  expect(many).toBeGreaterThan(1);
  await look(page, 'belonging-chosen');
  await chosen().first().uncheck();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('.grant .sentence')).toContainText(many === 2 ? 'can see 1 entry that you chose, as it is today' : `can see ${many - 1} entries that you chose, as they are today`);
  await expect(page.getByRole('region', { name: 'Entries that you chose' }).locator('.row')).toHaveCount(many - 1);
  await look(page, 'belonging-check');
  await page.getByRole('button', { name: 'See as they will see' }).click();
  await expect(page.getByRole('main')).toBeVisible();

  // The share that is being prepared takes one more, from its own page.
  await page.goto(`${problem}/who`);
  await page.getByRole('button', { name: 'Add it to the share you have begun' }).click();
  await expect(page.locator(`#things input[value^="${item}."]`)).toBeChecked();

  // What changes before it is given is shown again, as it is now.
  sql(`update item set labels = 2 where item_id = '${item}'`);
  for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toContainText('An entry that you chose has changed');
  await expect(page.locator('#things').locator('.choice', { has: page.locator(`[value^="${item}."]`) })).toContainText('marked substance use');
  await look(page, 'chosen-changed');
  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.reload();
  await expect(page.getByRole('region', { name: 'Solo lo que corresponde a un problema de salud' })).toBeVisible();
  await look(page, 'es-belonging');
});
