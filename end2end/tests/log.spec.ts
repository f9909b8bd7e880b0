// Whether the log is whole: the module that browsers check it with, and the page that asks for it.
import type { Page } from '@playwright/test';
import { claimBundle } from '../house/journey.ts';
import { type Entry, entries, follow, House, link, module, newKey } from '../house/log.ts';
import { bundleOfVisit } from '../house/record.ts';
import { expect, expectAccessible, shoot, signOut, test } from '../house/test.ts';

/** Six ways to change a log at a place, and what the module says to each. */
function tamperings(log: Entry[], at: number): [string, Entry[], string, number][] {
  const copy = () => log.map((entry) => ({ ...entry }));
  const [updated, deleted, inserted, reordered, rewritten] = [copy(), copy(), copy(), copy(), copy()];
  const event = '{"at":"2026-11-26T10:00:00Z"}';
  (updated[at] as Entry).event = event;
  deleted.splice(at, 1);
  inserted.splice(at, 0, { hash: link(at + 1, log[at - 1]?.hash ?? Buffer.alloc(32), event), event });
  reordered.splice(at, 2, log[at + 1] as Entry, log[at] as Entry);
  (rewritten[at] as Entry).event = event;
  return [
    ['update', updated, 'entry', at + 1],
    ['delete', deleted, 'entry', at + 1],
    ['insert', inserted, 'entry', at + 2],
    ['reorder', reordered, 'entry', at + 1],
    ['cut tail', log.slice(0, at + 1), 'cut-off', at + 2],
    ['rewrite', follow(rewritten.map((entry) => entry.event)), 'written-anew', log.length],
  ];
}

test('the module finds six kinds of tampering at fifty places, and roots that are not the ones that were signed', async () => {
  const check = await module();
  const log = entries(60);
  const house = new House();
  house.seal(log, 57);
  house.seal(log, 60);
  const whole = check(house.text(log));
  expect(whole).toMatchObject({ fault: '-', entries: '60', root: '2', held: '60', key: house.key.public, say: 'follow,held,unseen,key,past' });

  let found = 0;
  for (let at = 0; at < 50; at += 1) {
    for (const [kind, tampered, fault, place] of tamperings(log, at)) {
      const report = check(house.text(tampered));
      expect({ kind, at, fault: report.fault, place: report.place }).toEqual({ kind, at, fault, place: String(place) });
      found += 1;
    }
  }
  console.log(`${found} of 300 found by the WebAssembly of the site`);

  const seen = whole.remember;
  for (let more = 0; more < 9; more += 1) house.seal(log, 60);
  expect(check(house.text(log, { back: 2 }), seen)).toMatchObject({ fault: '-', memory: 'browser', seen: '2', root: '11' });
  const altered = house.text(log).replace(/(chartkey-root-1 11 2026-11-27T0)1/, '$12');
  expect(check(altered).fault, 'an altered root').toBe('signature');
  const forked = new House(house.key);
  for (let other = 0; other < 3; other += 1) forked.seal(log, 59);
  expect(check(forked.text(log, { back: 2 }), seen).fault, 'a forked root').toBe('other-line');
  const foreign = new House(newKey());
  for (let other = 0; other < 3; other += 1) foreign.seal(log, 60);
  expect(check(foreign.text(log, { back: 2 }), seen).fault, 'a foreign key, and roots of its own').toBe('other-line');
  expect(check(foreign.text(log, { keys: [`chartkey-key-1 ${house.key.public} 1 2026-11-27T01:00:00Z - -`] })).fault, 'a key that is not named').toBe('signature');
  const cut = new House(house.key);
  cut.seal(log, 57);
  expect(check(cut.text(log), seen).fault, 'roots that were taken back').toBe('older-root');
  // Whoever has the key signs what they like; what was seen is remembered here.
  const rewritten = follow(log.map(({ event }, place) => (place === 30 ? '{}' : event)));
  house.seal(rewritten, 60);
  expect(check(house.text(rewritten)).fault).toBe('-');
  expect(check(house.text(rewritten, { back: 2 }), seen)).toMatchObject({ fault: 'not-as-seen', place: '60' });
});

test('a hundred thousand entries take the module seconds', async () => {
  const check = await module();
  const log = entries(100_000);
  const house = new House();
  house.seal(log, log.length);
  const text = house.text(log);
  const begun = performance.now();
  expect(check(text)).toMatchObject({ fault: '-', entries: '100000' });
  console.log(`${log.length} entries, ${(text.length / 1e6).toFixed(0)} MB, checked by WebAssembly in ${((performance.now() - begun) / 1000).toFixed(2)} s`);
});

test('a patient finds out whether their log is whole', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql }, { project }) => {
  const isScripted = project.name !== 'no-script';
  const record = await claimBundle(page, bundleOfVisit(), { house, mail, chartkeyOk, sql });
  await page.goto('/activity');
  await chartkeyOk(['sign-log']);
  await page.goto('/activity');
  const whole = page.getByRole('region', { name: 'Is this log whole?' });
  await expect(whole).toContainText('The newest seal is number');
  const inTheBrowser = whole.getByRole('button', { name: 'Check in this browser' });
  const byTheServer = whole.getByRole('button', { name: 'Have the server check' });

  if (!isScripted) {
    await expect(inTheBrowser).toBeHidden();
    await expect(whole).toContainText('you rely on what it says');
  }
  await byTheServer.click();
  await page.waitForURL('**/activity?done=checked');
  await expect(page.locator('main [role=status]').first()).toContainText('The log was checked.');
  await expect(whole).toContainText('Checked by the server on');
  await expect(whole).toContainText('The check found nothing wrong');
  await expect(whole).toContainText('an earlier check');
  if (isScripted) await expectAccessible(page);
  await shoot(page, 'log-by-the-server');

  if (isScripted) {
    await inTheBrowser.click();
    const status = whole.getByRole('status');
    await expect(status).toContainText('Checked by this browser, just now');
    await expect(status).toContainText('The check found nothing wrong');
    await expect(status).toContainText('which Chartkey remembers for your account');
    await expect(status).toContainText('Not sealed yet');
    await expect(inTheBrowser, 'the keyboard goes on from there').toBeFocused();
    await expectAccessible(page);
    await shoot(page, 'log-by-the-browser');
    const remembered = async () => (await page.context().cookies(`${house.url}/activity`)).filter(({ name }) => name.startsWith('chartkey-seen-'));
    const [cookie] = await remembered();
    expect(cookie).toMatchObject({ path: '/activity', sameSite: 'Strict' });
    expect(`${cookie?.name}${cookie?.value}`, 'it names nobody').not.toContain(record);
    await chartkeyOk(['sign-log']);
    await page.reload();
    await inTheBrowser.click();
    await expect(status).toContainText('which this browser saw last time');
    expect((await remembered())[0]?.value).not.toBe(cookie?.value);
  }

  // Somebody with the database changes an entry.
  const own = `chain = 'patient/${record}' and seq = 1`;
  const [bytes] = sql(`select encode(bytes, 'hex') from event where ${own}`);
  sql(`update event set bytes = convert_to(regexp_replace(convert_from(bytes, 'UTF8'), '"items":[0-9]+', '"items":77'), 'UTF8') where ${own}`);
  try {
    await page.goto('/activity');
    await byTheServer.click();
    await page.waitForURL('**/activity?done=checked');
    await expect(whole).toContainText('The check found something wrong');
    await expect(whole).toContainText('Entry 1 does not follow');
    await expect(whole).toContainText('What to do');
    if (isScripted) {
      await inTheBrowser.click();
      await expect(whole.getByRole('status')).toContainText('Entry 1 does not follow');
      await expectAccessible(page);
    }
    await shoot(page, 'log-tampered');
  } finally {
    sql(`update event set bytes = decode('${bytes}', 'hex') where ${own}`);
  }
  if (isScripted) await goesOn(page);
});

/** Without a network nothing is said of the log; whoever was signed out meanwhile is led to where one signs in. */
async function goesOn(page: Page): Promise<void> {
  const whole = page.getByRole('region', { name: 'Is this log whole?' });
  const inTheBrowser = whole.getByRole('button', { name: 'Check in this browser' });
  await page.goto('/activity');
  await page.route('**/activity/chain', (route) => route.abort());
  await inTheBrowser.click();
  await expect(whole.getByRole('status')).toContainText('The check could not be made now.');
  await page.unroute('**/activity/chain');
  const other = await page.context().newPage();
  await other.goto('/home');
  await signOut(other);
  await inTheBrowser.click();
  await page.waitForURL('**/welcome?to=**');
  expect((await page.context().cookies(`${page.url().split('/welcome')[0]}/activity`)).some(({ name }) => name.startsWith('chartkey-seen-')), 'signing out forgets nothing of it').toBe(true);
}
