// What a test asks for: import { test, expect } from '../house/test.ts'.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { sql } from './database.ts';
import { type Answer, type House, run, runOk } from './house.ts';
import { Mail } from './mail.ts';
import { results } from './place.ts';

export { expect };
export { sharedData } from './place.ts';

export interface Person {
  name: string;
  email: string;
  password: string;
}

interface Given {
  house: House;
  /** The command line of this house; the test judges how it ends. */
  chartkey: (args: string[], input?: string) => Promise<Answer>;
  /** The same for what has to succeed; gives what it printed. */
  chartkeyOk: (args: string[], input?: string) => Promise<string>;
  mail: Mail;
  /** Rows as the superuser: for what an attacker with the database does, never to arrange what a person could do. */
  sql: (statement: string) => string[];
}

export const test = base.extend<Given>({
  house: async ({}, use) => {
    if (!process.env.CHARTKEY_END2END) throw new Error('the house was not built');
    const houses = JSON.parse(process.env.CHARTKEY_END2END) as House[];
    const house = houses[test.info().parallelIndex];
    if (!house) throw new Error('a worker without a house');
    await use(house);
  },
  baseURL: async ({ house }, use) => use(house.url),
  chartkey: async ({ house }, use) => use((args, input) => run(house, args, input)),
  chartkeyOk: async ({ house }, use) => use((args, input) => runOk(house, args, input)),
  mail: async ({ house }, use) => use(new Mail(house.mailFolder)),
  sql: async ({ house }, use) => use((statement) => sql(house.database, statement)),
  // What a page logs as an error is a failure of the page, also where nobody looks for it.
  page: async ({ page }, use) => {
    const errors = watch(page);
    await use(page);
    expect(errors, 'errors in the console').toEqual([]);
  },
});

/** What the page reports as an error from now on. */
export function watch(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // Chromium reports answers of 4xx as errors too; tests that ask for them judge the status themselves.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) errors.push(message.text());
  });
  return errors;
}

/** Somebody who has never been here. */
export function newPerson(): Person {
  const id = randomUUID();
  return { name: `Person ${id.slice(0, 8)}`, email: `person-${id}@example.test`, password: `four words nobody expects ${id}` };
}

/** The control with this label; a section may carry the same words. */
export function field(page: Page, label: string): Locator {
  return page.locator('input, select, textarea').and(page.getByLabel(label));
}

/** Makes an account as a person does: asks for the link, opens the message, chooses a password. Ends signed in on `/home`. */
export async function signUp(page: Page, mail: Mail, person: Person = newPerson()): Promise<Person> {
  await page.goto('/sign-up');
  await field(page, 'Email address').fill(person.email);
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Check your email' })).toBeVisible();
  const [link] = (await mail.only(person.email)).links;
  await page.goto(link ?? '');
  await field(page, 'Your name').fill(person.name);
  await field(page, 'New password').fill(person.password);
  await page.getByRole('button', { name: 'Make my account' }).click();
  await page.waitForURL('**/home');
  return person;
}

export async function signIn(page: Page, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in');
  await field(page, 'Email address').fill(email);
  await field(page, 'Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Sign out/ }).first().click();
  await page.waitForURL('**/sign-in?done=signed-out');
}

/** Signs a clinician in through their organization's provider and ends where Chartkey puts them. */
export async function signInAt(page: Page, organization: House['organizations'][number], username: string): Promise<void> {
  const account = organization.accounts.find((one) => one.username === username);
  if (!account) throw new Error(`nobody is called ${username} at ${organization.name}`);
  await page.goto(`/auth/${organization.slug}/start`);
  await field(page, 'User name').fill(account.username);
  await field(page, 'Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Chooses a language for the account, those that no page offers too, as a form of the server would. */
export async function speak(page: Page, language: string): Promise<void> {
  await page.evaluate((chosen) => fetch('/api/choose-language', { method: 'POST', body: new URLSearchParams({ language: chosen }) }), language);
}

/** WCAG 2.2 AA as far as a machine can judge, in both themes: nothing found. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Every frame is ours, so that no second page has to put the answers of several together; and of what is in order, no list.
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
    // A theme changes colours and nothing else.
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`));
    expect(found, `axe on ${new URL(page.url()).pathname}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Nothing is wider than the screen: a page is read in one direction (WCAG 1.4.10). */
export async function expectNoOverflow(page: Page): Promise<void> {
  const over = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(over, `${new URL(page.url()).pathname} is wider than the screen`).toBe(0);
}

/** What holds for every page, and its picture. axe runs as a script of the page. */
export async function look(page: Page, name: string): Promise<void> {
  await expectNoOverflow(page);
  if (test.info().project.use.javaScriptEnabled === false) return;
  await expectAccessible(page);
  await shoot(page, name);
}

/**
 * A picture of the whole page at the width of the test's device, in both themes, in test-results/shots. Nobody looks at those of a build
 * server.
 */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.CI) return;
  const width = page.viewportSize()?.width ?? 0;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: path.join(results, 'shots', `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
