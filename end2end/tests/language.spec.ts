// The languages, and two that nobody speaks: `en-XA`, in which every text of ours has accents, and `ar-XB`, which runs from right
// to left. Only builds for tests know those two.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { answer, type Chartkey, claim, give, heartDoctor } from '../house/journey.ts';
import { expect, expectAccessible, expectNoOverflow, field, newPerson, sharedData, shoot, speak, test } from '../house/test.ts';

const FILE = 'synthea/typical-adult-sanford.json';

/** Every string of a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(strings) : [];
}

/** The texts of a page and of its attributes that are not said to be in another language. */
function texts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const own = (element: Element | null) => element?.closest('[lang]') === document.documentElement && !element.closest('script, style, noscript, code');
    const found = [document.title];
    for (const element of document.body.querySelectorAll('*')) {
      if (!own(element)) continue;
      for (const name of ['aria-label', 'alt', 'title', 'placeholder', 'data-title']) found.push(element.getAttribute(name) ?? '');
    }
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) if (own(nodes.currentNode.parentElement)) found.push(nodes.currentNode.textContent ?? '');
    return found.map((text) => text.trim()).filter((text) => text !== '');
  });
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[[\]{}]/g, '').replaceAll(/[\s-]+/g, ' ').trim();

/** The parts of a page's texts that have no accent and stand in nothing that was recorded. Isolates stand around what a message was given. */
async function untouched(page: Page, recorded: string[]): Promise<string[]> {
  const all = recorded.map(plain).join('\n');
  // A unit stands behind its value.
  const pieces = (await texts(page)).flatMap((text) => text.split(/[·,:;()“”–\u2068\u2069]|\s\/\s/)).map((piece) => piece.replace(/^\s*[\d.,]+\s/, ''));
  return [...new Set(pieces.filter((piece) => /[a-z]{3}/i.test(piece) && !all.includes(plain(piece))))];
}

test('a stranger finds the other language on every page, by its own name', { tag: ['@desktop', '@no-script'] }, async ({ page }, info) => {
  await page.goto('/sign-in?to=/account');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-GB');
  await page.getByRole('button', { name: 'Español' }).click();
  await expect(page).toHaveURL(/\/sign-in\?to=\/account$/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Entrar');
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await shoot(page, 'es-sign-in');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});

test('an account that was made in Spanish is written to in Spanish, and changes its language', { tag: ['@desktop', '@no-script'] }, async ({ page, mail }, info) => {
  const person = newPerson();
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Español' }).click();
  await field(page, 'Correo electrónico').fill(person.email);
  await page.getByRole('button', { name: 'Enviarme el enlace' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Mire su correo electrónico' })).toBeVisible();
  const message = await mail.only(person.email);
  expect(message.text).toContain('Elija aquí un nombre y una contraseña');
  await page.goto(message.links[0] ?? '');
  await field(page, 'Su nombre').fill(person.name);
  await field(page, 'Contraseña nueva').fill(person.password);
  await page.getByRole('button', { name: 'Crear mi cuenta' }).click();
  await page.waitForURL('**/home');
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');
  await page.goto('/account');
  if (info.project.name !== 'no-script') await expectAccessible(page);
  await shoot(page, 'es-account');
  await page.getByRole('radio', { name: 'English' }).check();
  await page.getByRole('button', { name: 'Guardar el idioma' }).click();
  await expect(page.getByRole('heading', { name: 'The language is changed' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-GB');
  await expect(page.getByRole('radio', { name: 'English' })).toBeChecked();
});

/** Builds for people answer in English where a test locale is asked for. */
async function skipWithoutTestLocales(page: Page): Promise<void> {
  const answer = await page.request.get('/', { headers: { 'accept-language': 'ar-XB' } });
  test.skip(!(await answer.text()).includes('dir="rtl"'), 'this build knows no test locales');
}

/** A record with a key to two of its parts, and five pages of it. */
async function shared(page: Page, doctor: Page, chartkey: Chartkey): Promise<{ record: string; five: Record<string, string> }> {
  await heartDoctor(doctor, chartkey.house);
  const record = await claim(page, FILE, chartkey);
  await give(page, ['Results', 'Medicines']);
  await page.goto(`/record/${record}/results`);
  const result = (await page.locator(`main li a[href^="/record/${record}/results/"]`).first().getAttribute('href')) ?? '';
  return { record, five: { home: '/home', record: `/record/${record}`, results: `/record/${record}/results`, result, sharing: '/sharing' } };
}

test('a record reads well in Spanish and from right to left', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  test.setTimeout(300_000);
  await skipWithoutTestLocales(page);
  const doctor = await browser.newPage({ baseURL: house.url });
  const { five } = await shared(page, doctor, { house, mail, chartkeyOk, sql });
  for (const [language, direction] of [['es', 'ltr'], ['ar-XB', 'rtl']] as const) {
    await speak(page, language);
    for (const [name, address] of Object.entries(five)) {
      await page.goto(address);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('html')).toHaveAttribute('dir', direction);
      await expectNoOverflow(page);
      await expectAccessible(page);
      await shoot(page, `${language}-${name}`);
    }
    // The key was confirmed in English, and its sentence says so.
    await page.goto('/sharing');
    await expect(page.locator('.sentence').first()).toHaveAttribute('lang', 'en-GB');
  }
  await doctor.close();
});

test('every text of ours is of the catalogue, and none is wider than the screen where all are longer', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  test.setTimeout(300_000);
  await skipWithoutTestLocales(page);
  const doctor = await browser.newPage({ baseURL: house.url });
  const { record, five } = await shared(page, doctor, { house, mail, chartkeyOk, sql });
  await answer(page, 'Somebody else', ['Results']);
  const draft = new URL(page.url()).searchParams.get('draft');
  const [visit] = sql(`select item_id from item where patient_id = '${record}' and category = 9 and not is_error limit 1`);
  const named = sql(
    `select display_name from account union select name from organization union select name from source
      union select full_name from patient union select author from item union select place from item`,
  );
  // What a source wrote, as on paper where it is a unit, whom we know by name, and what a browser calls itself.
  const recorded = [...strings(JSON.parse(readFileSync(path.join(sharedData, FILE), 'utf8'))), ...named, 'mmHg', 'mL/min/1.73\u00a0m²', 'Chrome', 'Linux', 'Android'];
  const found: Record<string, string[]> = {};
  const look = async (address: string, by = page) => {
    await by.goto(address);
    await expect(by.locator('html')).toHaveAttribute('lang', 'en-XA');
    await expectNoOverflow(by);
    const pieces = await untouched(by, recorded);
    if (pieces.length > 0) found[address] = pieces;
  };

  await speak(page, 'en-XA');
  const categories = ['details', 'problems', 'medicines', 'allergies', 'vaccines', 'vitals', 'procedures', 'visits', 'documents', 'imaging', 'plans', 'lifestyle', 'devices', 'insurance'];
  for (const [name, address] of Object.entries(five)) {
    await look(address);
    await shoot(page, `en-XA-${name}`);
  }
  for (const category of categories) await look(`/record/${record}/${category}`);
  for (const step of ['who', 'purpose', 'what', 'time', 'check']) await look(`/sharing/new?draft=${draft}&step=${step}`);
  for (const address of [`/record/${record}/visits/${visit}`, `/record/${record}/timeline`, '/sharing/codes', '/activity', '/download', '/claim', '/nothing']) await look(address);
  for (const part of ['', '/email', '/password', '/second-factor', '/devices']) await look(`/account${part}`);
  const { viewport, isMobile, hasTouch } = info.project.use;
  const stranger = await browser.newPage({ baseURL: house.url, locale: 'en-XA', viewport, isMobile, hasTouch });
  for (const address of ['/', '/welcome', '/sign-in', '/sign-up', '/sign-up?token=none', '/sign-in/forgotten', '/clinicians', '/nothing']) await look(address, stranger);
  await stranger.close();
  expect(found, 'texts that the catalogue does not say').toEqual({});
  await doctor.close();
});
