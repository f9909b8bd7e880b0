// Pages under what readers do to them: 400 % of zoom, more space between letters, colours of their own, no motion.
import type { Page } from '@playwright/test';
import { answer, claimBundle, give, heartDoctor, openShared } from '../house/journey.ts';
import { bundleOfVisit } from '../house/record.ts';
import { expect, test } from '../house/test.ts';

test.use({ viewport: { width: 320, height: 256 } });

/** What is too wide, too small or covered on a page of 320 × 256 px, which is one of 1280 × 1024 at 400 % (WCAG 1.4.10, 2.5.8). */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const named = (element: Element) => `${element.localName}.${element.getAttribute('class') ?? ''} “${(element.textContent ?? '').trim().slice(0, 40)}”`;
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1 && element.children.length === 0);
      wrong.push(`the page is ${root.scrollWidth} px wide: ${wide.slice(0, 3).map(named).join(', ')}`);
    }
    for (const element of document.querySelectorAll('body *')) {
      const style = getComputedStyle(element);
      if (/^(fixed|sticky)$/.test(style.position) && element.getBoundingClientRect().width > 1) wrong.push(`${named(element)} sticks`);
      // What moves in its own place is reached by keyboard, and says what it is.
      if (/^(auto|scroll)$/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1) {
        if (!element.hasAttribute('tabindex') || !(element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby'))) wrong.push(`${named(element)} moves, and nobody is told`);
      }
    }
    for (const target of document.querySelectorAll<HTMLElement>('a, button, select, summary, input:not([type=hidden])')) {
      // A row is the target of its name, and a line that of its tick box.
      const box = (target.closest('label.choice, .row, .result') ?? target).getBoundingClientRect();
      const style = getComputedStyle(target);
      const isInSentence = style.display === 'inline' && (target.parentElement?.textContent ?? '').trim().length > (target.textContent ?? '').trim().length;
      if (box.width <= 1 || isInSentence || !target.checkVisibility()) continue;
      if (box.width < 24 || box.height < 24) wrong.push(`${named(target)} is ${Math.round(box.width)} × ${Math.round(box.height)} px`);
    }
    return wrong;
  });
}

/** Sets the text as far apart as WCAG 1.4.12 asks for. The page's own policy lets no style sheet in but through script. */
async function apart(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }');
    document.adoptedStyleSheets.push(sheet);
  });
}

/** Text that its own box cuts off. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => element.innerText && !element.closest('.hide, .skip'))
      .filter((element) => /hidden|clip/.test(getComputedStyle(element).overflow) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1))
      .map((element) => `${element.localName}.${element.className} “${element.innerText.slice(0, 40)}”`),
  );
}

const firstOf = async (page: Page, list: string, part: string) => {
  await page.goto(list);
  return (await page.locator(`main a[href*="/${part}/"]`).first().getAttribute('href')) ?? '';
};

test('every page fits a window of 320 × 256, with wide text, in the reader’s colours and without motion', { tag: ['@desktop', '@only'] }, async ({ page, house, mail, chartkeyOk, sql, browser }) => {
  const doctor = await browser.newPage({ baseURL: house.url });
  await heartDoctor(doctor, house);
  for (const address of ['/', '/sign-in', '/sign-up', '/clinicians', '/sign-in?done=signed-out', '/about/components', '/about/components?problem=passphrase']) {
    await page.goto(address);
    expect.soft(await misfits(page), address).toEqual([]);
  }
  const record = await claimBundle(page, bundleOfVisit(), { house, mail, chartkeyOk, sql });
  await give(page, ['Results', 'Medicines']);
  const grant = new URL(page.url()).pathname;
  await answer(page, 'Dr Hana Lindqvist', ['Problems', 'HIV']);
  expect.soft(await misfits(page), 'the check of a grant').toEqual([]);
  await page.goto(`/record/${record}`);
  await page.getByLabel('What are you looking for?').fill('haemoglobn');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.waitForURL(/\/search\/[0-9a-f-]{36}$/);
  const found = new URL(page.url()).pathname;
  const of = `/record/${record}`;
  const result = await firstOf(page, `${of}/results`, 'results');
  const trend = await firstOf(page, result, 'trends');
  const visit = await firstOf(page, `${of}/visits`, 'visits');
  const pages = { home: '/home', record: of, results: `${of}/results`, result, trend, visits: `${of}/visits`, visit, timeline: `${of}/timeline`, found, search: `${of}/search`, sharing: '/sharing', who: '/sharing/new', grant: `${grant}?done=given`, codes: '/sharing/codes', activity: '/activity', account: '/account', download: '/download', medicines: `${of}/medicines`, original: `${result}?original=1` };

  for (const [name, address] of Object.entries(pages)) {
    await page.goto(address);
    expect.soft(await misfits(page), `${name} at 400 %`).toEqual([]);
    await page.screenshot({ path: `../test-results/shots/zoomed-${name}.png`, fullPage: true });
    await apart(page);
    expect.soft((await misfits(page)).filter((wrong) => wrong.startsWith('the page is')), `${name} with wide text`).toEqual([]);
    expect.soft(await cutOff(page), `${name} with wide text`).toEqual([]);
  }

  // Nothing moves for who asks for that, and something does for the others.
  const longest = () =>
    page.evaluate(() => {
      const seconds = (times: string) => Math.max(...times.split(',').map((time) => Number.parseFloat(time) * (time.trim().endsWith('ms') ? 0.001 : 1)));
      const each = [...document.querySelectorAll('*')].flatMap((element) => ['', '::before', '::after'].map((part) => getComputedStyle(element, part)));
      return Math.max(...each.map((style) => Math.max(seconds(style.transitionDuration), seconds(style.animationDuration))));
    });
  await page.goto('/home');
  expect(await longest()).toBeGreaterThan(0.01);
  for (const address of Object.values(pages)) {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(address);
    expect(await longest(), address).toBeLessThanOrEqual(0.01);
  }
  await page.emulateMedia({ reducedMotion: null });

  // Colours of the reader's own: what is drawn or filled stands out from its ground by 3 : 1.
  await page.setViewportSize({ width: 390, height: 844 });
  const drawn = {
    result: { fill: ['.line .mark'], stroke: ['.line .track', '.line .band'] },
    trend: { fill: ['.trend .mark', '.trend text'], stroke: ['.trend .run', '.trend .limit', '.trend .band'] },
    results: { color: ['.flag', '.key', '.result .name'], stroke: ['.flag .icon'], fill: ['.line .mark'] },
    grant: { color: ['.notice h2'], background: ['.notice::before', '.grant::before'] },
    found: { background: ['.filter [aria-current]', '.search .button'] },
    home: { background: ['.actions > .button:not(.small)'], border: ['.nav [aria-current]'] },
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, wanted] of Object.entries(drawn)) {
      await page.emulateMedia({ forcedColors: 'active', colorScheme });
      await page.goto(pages[name as keyof typeof pages]);
      expect.soft(await faint(page, wanted), `${name}, ${colorScheme}`).toEqual([]);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect.soft(await faint(page, { outline: [':focus'] }), `focus on ${name}, ${colorScheme}`).toEqual([]);
      await page.screenshot({ path: `../test-results/shots/forced-${name}-${colorScheme}.png`, fullPage: true });
    }
  }
  // Whose record it is, is told by a solid ground, in theirs as well.
  await openShared(doctor, record, sql);
  for (const colorScheme of ['light', 'dark'] as const) {
    await doctor.emulateMedia({ forcedColors: 'active', colorScheme });
    await doctor.goto(`${of}/results`);
    expect.soft(await faint(doctor, { background: ['.whose.other'] }), `the bar of somebody else's record, ${colorScheme}`).toEqual([]);
    await expect.soft(doctor.locator('.whose.other p')).toHaveCSS('color', colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)');
    await doctor.screenshot({ path: `../test-results/shots/forced-shared-${colorScheme}.png` });
  }
  await doctor.close();
  await page.goto('/home');
  expect(await page.locator('.nav a:not([aria-current])').first().evaluate((link) => getComputedStyle(link).borderBlockStartColor === getComputedStyle(document.documentElement).backgroundColor), 'other places have no edge').toBe(true);
});

/** Which of these are as good as invisible against the ground that they stand on, or not there. */
function faint(page: Page, wanted: Record<string, string[] | undefined>): Promise<string[]> {
  return page.evaluate((wanted) => {
    const rgb = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const light = (color: string) => {
      const [red = 0, green = 0, blue = 0] = rgb(color).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const canvas = document.createElement('p');
    canvas.setAttribute('class', 'hide');
    document.body.append(canvas);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('p.hide:last-of-type { background: Canvas !important }');
    document.adoptedStyleSheets = [sheet];
    const ground = light(getComputedStyle(canvas).backgroundColor);
    const property = { fill: 'fill', stroke: 'stroke', color: 'color', background: 'background-color', border: 'border-block-start-color', outline: 'outline-color' };
    const wrong: string[] = [];
    for (const [kind, places] of Object.entries(wanted)) {
      for (const place of places ?? []) {
        const [selector = '', part] = place.split('::');
        const element = document.querySelector(selector);
        if (!element) { wrong.push(`${place} is not there`); continue; }
        const color = getComputedStyle(element, part ? `::${part}` : null).getPropertyValue(property[kind as keyof typeof property]);
        const own = light(color);
        const contrast = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
        if (contrast < 3 || rgb(color)[3] === 0) wrong.push(`${kind} of ${place} is ${color} (${contrast.toFixed(1)} : 1)`);
      }
    }
    canvas.remove();
    return wrong;
  }, wanted);
}
