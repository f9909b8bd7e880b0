// What a screen reader is told of the pages that people live on: landmarks, headings, lists, and links that say where they lead by themselves.
import type { Page } from '@playwright/test';
import { claimBundle, give, heartDoctor } from '../house/journey.ts';
import { bundleOfVisit } from '../house/record.ts';
import { expect, test } from '../house/test.ts';

/** Links of one name that lead to different places, tables without a name, and what is called nothing. */
function unsaid(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const words = (element: Element) => (element.getAttribute('aria-label') ?? element.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
    const led = new Map<string, string>();
    for (const link of document.querySelectorAll<HTMLAnchorElement>('main a[href]')) {
      const name = words(link);
      if (name === '') wrong.push(`a link to ${link.pathname} is called nothing`);
      if ((led.get(name) ?? link.href) !== link.href) wrong.push(`“${name}” leads to two places`);
      led.set(name, link.href);
    }
    for (const table of document.querySelectorAll('main table')) if (!table.caption?.textContent) wrong.push('a table has no caption');
    for (const part of document.querySelectorAll('nav, section, [role=img]')) {
      const name = part.getAttribute('aria-label') ?? (part.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('');
      if (name.trim() === '') wrong.push(`${part.localName}.${part.getAttribute('class')} has no name`);
    }
    let level = 1;
    for (const heading of document.querySelectorAll('main :is(h1, h2, h3, h4)')) {
      const next = Number(heading.localName.slice(1));
      if (next > level + 1) wrong.push(`after a heading of level ${level} comes “${words(heading)}” of level ${next}`);
      level = next;
    }
    return wrong;
  });
}

test('pages say to a screen reader what they show', { tag: ['@desktop', '@only'] }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await browser.newPage({ baseURL: house.url });
  await heartDoctor(doctor, house);
  await doctor.close();
  const record = await claimBundle(page, bundleOfVisit(), { house, mail, chartkeyOk, sql });
  const of = `/record/${record}`;
  const main = page.getByRole('main');
  const look = async (address: string, snapshot: string) => {
    await page.goto(address);
    await expect(main).toMatchAriaSnapshot(snapshot);
    expect(await unsaid(page), address).toEqual([]);
  };
  await give(page, ['Results']);

  await page.goto('/home');
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - link "Skip to the page"
    - banner:
      - link "Chartkey"
      - button /^Sign out Person/
    - navigation "Main":
      - list:
        - listitem:
          - link "Home"
        - listitem:
          - link "Record"
        - listitem:
          - link "Sharing"
        - listitem:
          - link "Activity"
        - listitem:
          - link "Account"
    - region "Whose record this is":
      - paragraph:
        - strong: Robin Example
        - time: born 17 May 1980
      - link "Leave now"
    - main:
      - heading "Hello, Person" [level=1]
  `);
  await look('/home', `
    - heading "Hello, Person" [level=1]
    - region "What waits for you":
      - heading "What waits for you" [level=2]
      - list:
        - listitem:
          - link "Decide what may open in an emergency."
    - region "What is new":
      - heading "What is new" [level=2]
    - region "The newest in your record":
      - list:
        - listitem:
          - paragraph:
            - link /^Blood test ?, 10 March 2024$/
          - paragraph:
            - time: 10 March 2024
    - region "Your next visit"
    - region "Who can see your record now":
      - paragraph:
        - strong: Dr Hana Lindqvist
      - meter "Days left"
      - paragraph:
        - 'link /^See or stop ?: Dr Hana Lindqvist at Northgate Heart Clinic can see your results/'
      - paragraph:
        - link "Share with someone"
  `);
  await look(of, `
    - heading "Your record" [level=1]
    - search:
      - textbox "What are you looking for?"
      - button "Search"
    - navigation "Parts of the record":
      - list:
        - listitem:
          - link "Problems"
        - listitem:
          - link "Medicines"
    - region "Allergies":
      - heading "Allergies" [level=2]
      - 'link /^Only you ?: Allergies$/'
      - list:
        - listitem:
          - paragraph:
            - link /^Peanut ?, 1 June 2010$/
      - paragraph:
        - link "All allergies"
    - region "Active problems":
      - list:
        - listitem:
          - paragraph:
            - link /^Anaemia/
    - region "Medicines in use":
      - list:
        - listitem:
          - paragraph:
            - link /^Iron tablets/
    - region "Newest results out of range":
      - list:
        - listitem:
          - paragraph:
            - link /^Haemoglobin in blood ?, 10 March 2024$/
          - paragraph: 11.5 g/dL
          - text: Below range
    - region "Latest visits"
    - region "Care team"
  `);
  await look(`${of}/results`, `
    - heading "Results" [level=1]
    - region "Measured on 10 March 2024":
      - heading "Measured on 10 March 2024" [level=2]
      - 'link /^1 can see ?: Results$/'
      - list:
        - listitem:
          - paragraph:
            - link /^Haemoglobin in blood ?, 10 March 2024$/
            - text: Haemoglobin
          - paragraph: 11.5 g/dL
          - text: Below range
          - paragraph: was 12.4, February 2024
    - region "Measured on 10 February 2024"
    - region "Measured on 10 January 2024"
    - navigation "Pages of Results":
      - paragraph: 3 in all, newest first
  `);
  const first = async (part: string) => (await page.locator(`main a[href*="/${part}/"]`).first().getAttribute('href')) ?? '';
  await look(await first('results'), `
    - link "Results"
    - heading "Haemoglobin in blood" [level=1]
    - region "The result":
      - paragraph: 11.5 g/dL
      - text: Below range
      - img "The result is 11.5. The laboratory’s range is 12 to 16."
    - region "What this is for"
    - region "Over time":
      - img /^Haemoglobin in blood over time, from 10 January 2024. 13.1 g.dL to 10 March 2024. 11.5 g.dL. The same numbers are in the table.$/
      - group: The same numbers in a table
      - paragraph:
        - link "See it over time"
    - region "About this":
      - term: Range
      - definition: 12 to 16 g/dL, given by the laboratory
    - region "Who can see this"
  `);
  await look(await first('trends'), `
    - link "Results"
    - heading "Haemoglobin in blood" [level=1]
    - region "Over time":
      - img /^Haemoglobin in blood over time/
      - group:
        - table "Haemoglobin in blood, newest first":
          - rowgroup:
            - row "Date and place g/dL":
              - columnheader "Date and place"
              - columnheader "g/dL"
          - rowgroup:
            - row /^10 March 2024 .* 11.5 Below range/
            - row /^10 February 2024 .* 12.4 In range/
            - row /^10 January 2024 .* 13.1 In range/
  `);
  await page.goto(`${of}/visits`);
  await look(await first('visits'), `
    - link "Visits"
    - heading "Blood test" [level=1]
    - paragraph: Sunday, 8:45am to 9:15am
    - region "Results":
      - heading "Results" [level=2]
      - list:
        - listitem:
          - paragraph:
            - link /^Haemoglobin in blood ?, 10 March 2024$/
    - paragraph:
      - link "About this"
  `);
  await look('/sharing', `
    - heading "Who can see your record" [level=1]
    - paragraph: 1 key is out
    - 'region "Share with Dr Hana Lindqvist: Treatment"':
      - paragraph:
        - strong: Dr Hana Lindqvist
      - meter "Days left"
      - 'link /^Details ?: Details of the share with Dr Hana Lindqvist$/'
    - paragraph:
      - link "Share with somebody"
      - link "See your codes"
      - link "Who asks to see your record"
      - link "Whom you have blocked"
      - link "In an emergency"
      - link "Before somebody prescribes"
  `);
  await page.goto(`${of}/search`);
  await page.getByLabel('What are you looking for?').fill('haemoglobn');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.waitForURL(/\/search\/[0-9a-f-]{36}$/);
  await look(page.url(), `
    - heading "Search" [level=1]
    - search:
      - textbox "What are you looking for?": haemoglobn
      - button "Search"
    - status:
      - paragraph: 3 entries for “haemoglobn”
      - paragraph: Nothing has “haemoglobn” as it is written. Shown is what has “haemoglobin”.
    - navigation "Found, by category":
      - list:
        - listitem:
          - link "All categories"
        - listitem:
          - link "Results 3"
    - region "Results":
      - list:
        - listitem:
          - paragraph:
            - link /^Haemoglobin in blood ?, 10 March 2024$/
          - paragraph:
            - time: 10 March 2024
        - listitem:
          - paragraph:
            - link /^Haemoglobin in blood ?, 10 February 2024$/
        - listitem:
          - paragraph:
            - link /^Haemoglobin in blood ?, 10 January 2024$/
  `);
});
