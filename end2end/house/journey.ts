// The steps that journeys share: a record is claimed, a key is cut, a doctor opens what it opens.
import path from 'node:path';
import { expect, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import type { House } from './house.ts';
import type { Mail } from './mail.ts';
import { field, look, newPerson, sharedData, signInAt, signUp, type Person } from './test.ts';

export interface Chartkey {
  house: House;
  mail: Mail;
  chartkeyOk: (args: string[], input?: string) => Promise<string>;
  sql: (statement: string) => string[];
}

/** Imports a file of the shared records as a source of its own; its only patient makes an account and claims it. */
export function claim(page: Page, file: string, chartkey: Chartkey, person = newPerson()): Promise<string> {
  return claimFrom(page, path.join(sharedData, file), undefined, chartkey, person);
}

/** The same with a record that we made. */
export function claimBundle(page: Page, bundle: string, chartkey: Chartkey): Promise<string> {
  return claimFrom(page, '-', bundle, chartkey, newPerson());
}

async function claimFrom(page: Page, file: string, input: string | undefined, { mail, chartkeyOk, sql }: Chartkey, person: Person): Promise<string> {
  const source = `journey of ${person.email}`;
  await chartkeyOk(['import', file, '--source', source, '--reason', 'a journey'], input);
  const [row = ''] = sql(`select patient_id || ' ' || birth_date from patient join subject using (patient_id) join source using (source_id) where name = '${source}'`);
  const [record = '', born = ''] = row.split(' ');
  const { code } = JSON.parse(await chartkeyOk(['person', 'invite', '--patient', record, '--json'])) as { code: string };
  await signUp(page, mail, person);
  await page.goto('/claim');
  await field(page, 'Code').fill(code);
  const [year = '', month = '', day = ''] = born.split('-');
  for (const [label, value] of [['Day', day], ['Month', month], ['Year', year]] as const) await field(page, label).fill(value);
  await page.getByRole('button', { name: 'Claim' }).click();
  await page.waitForURL('**/home**');
  return record;
}

/** The doctor of the second organization, who has signed in there. */
export async function heartDoctor(page: Page, house: House): Promise<void> {
  const organization = house.organizations[1];
  if (!organization) throw new Error('no organization');
  await signInAt(page, organization, 'lindqvist');
  await expect(page).toHaveURL(`${house.url}/shared`);
}

/** Answers every question before a grant, up to the page that asks to check. */
export async function answer(patient: Page, who: string | Locator, parts: string[]): Promise<void> {
  await patient.goto('/sharing/new');
  await (typeof who === 'string' ? patient.getByRole('radio', { name: who }) : who).check();
  await patient.getByRole('button', { name: 'Continue' }).click();
  await patient.getByRole('radio', { name: 'Treatment' }).check();
  await patient.getByRole('button', { name: 'Continue' }).click();
  for (const part of parts) await patient.getByRole('checkbox', { name: part }).check();
  await patient.getByRole('button', { name: 'Continue' }).click();
  await patient.getByRole('button', { name: 'Continue' }).click();
  await expect(patient.getByRole('heading', { level: 1 })).toHaveText('Check, then hand over the key');
}

/** Gives parts to the heart doctor. Returns the sentence that was confirmed. */
export async function give(patient: Page, parts: string[]): Promise<string> {
  await answer(patient, 'Dr Hana Lindqvist', parts);
  const sentence = await patient.locator('.grant .sentence').innerText();
  await patient.getByRole('button', { name: 'Give this key' }).click();
  await patient.waitForURL('**/sharing/*?done=given');
  return sentence;
}

/** The patient lets somebody see their results until they stop it, by a code that is typed and confirmed. Returns the page of that share. */
export async function letHelp(page: Page, helper: Page, mayShare = false): Promise<string> {
  await page.goto('/sharing/carers');
  await page.getByRole('button', { name: 'Let somebody help you' }).click();
  for (const part of ['Results', 'Medicines']) await page.getByRole('checkbox', { name: part }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('radio', { name: 'Until I stop it' }).check();
  if (mayShare) {
    await page.getByRole('checkbox', { name: 'They may share it with clinicians in your place' }).check();
    await look(page, 'carers-may-share');
  }
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Make the code' }).click();
  await page.waitForURL('**/sharing/codes');
  await helper.goto('/redeem');
  await field(helper, 'Code').fill(await page.locator('.code strong').innerText());
  await helper.getByRole('button', { name: 'Use a code' }).click();
  await page.goto('/home');
  await page.getByRole('link', { name: /code/ }).first().click();
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  return page.url().replace(/\?.*/, '');
}

/** Picks the newest share of this record; the list holds those of other tests too, of patients of the same name. */
export async function openShared(doctor: Page, record: string, sql: Chartkey['sql']): Promise<void> {
  const [grant] = sql(`select grant_id from access_grant where patient_id = '${record}' order by created_at desc limit 1`);
  const form = doctor.locator('form', { has: doctor.locator(`[value="${grant}"]`) });
  let from = 0;
  do {
    await doctor.goto(`/shared?from=${from}`);
    from += 50;
  } while ((await form.count()) === 0 && from < 1000);
  await form.getByRole('button').click();
  await doctor.waitForURL(`**/record/${record}`);
}

export interface Read {
  /** Every byte that was received: heads and bodies, by address. */
  bytes: Map<string, string>;
  /** The addresses that answered 200. */
  found: Set<string>;
}

/** Follows every link below a record, as somebody who wants to see all they may. Reads each address once. */
export async function readAll(request: APIRequestContext, record: string, also: string[] = []): Promise<Read> {
  const read: Read = { bytes: new Map(), found: new Set() };
  const waiting = [`/record/${record}`, ...also];
  // One trend under each other is enough: together they are more than anybody reads.
  const compared = new Set<string>();
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    if (read.bytes.has(address)) continue;
    const answer = await request.get(address, { maxRedirects: 0 });
    const body = await answer.text();
    read.bytes.set(address, `${JSON.stringify(answer.headers())}\n${body}`);
    if (answer.status() !== 200) continue;
    read.found.add(address);
    for (const [, href = ''] of body.matchAll(/href="([^"#]+)"/g)) {
      const next = href.replaceAll('&amp;', '&').startsWith('?') ? `${address.split('?')[0]}${href.replaceAll('&amp;', '&')}` : href.replaceAll('&amp;', '&');
      if (!next.startsWith(`/record/${record}`) || read.bytes.has(next)) continue;
      const [path = ''] = next.split('?with=');
      if (path !== next && compared.size === compared.add(path).size) continue;
      waiting.push(next);
    }
  }
  return read;
}
