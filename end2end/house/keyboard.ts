// A person without a mouse: goes from stop to stop, and sees at each where they are.
import { expect, type Locator, type Page } from '@playwright/test';

/** Where the keyboard is, and what is wrong with that place; `at` is empty on the page itself. */
interface Stop {
  at: string;
  wrong: string[];
}

/**
 * Judges the place that has the focus: it is marked (WCAG 2.4.7), by itself, by the line around it or by what it spans, lies in the
 * window, and nothing that sticks there covers a part of it (2.4.11).
 */
function here(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return { at: '', wrong: [] };
    const at = `${element.localName} “${(element.getAttribute('aria-label') ?? element.innerText ?? '').trim().slice(0, 60) || element.id}”`;
    const isMarked = (style: CSSStyleDeclaration) => style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
    const marked = [getComputedStyle(element), getComputedStyle(element, '::after'), ...(element.closest('label') ? [getComputedStyle(element.closest('label') as Element)] : [])];
    const wrong = marked.some(isMarked) ? [] : ['is not marked'];
    const boxes = [...element.getClientRects()];
    const [top, bottom] = [Math.min(...boxes.map((box) => box.top)), Math.max(...boxes.map((box) => box.bottom))];
    if (boxes.length === 0) wrong.push('has no place');
    if (bottom - top < innerHeight / 2 && (top < -1 || bottom > innerHeight + 1)) wrong.push(`lies outside the window (${Math.round(top)} to ${Math.round(bottom)} of ${innerHeight})`);
    for (const other of document.querySelectorAll('body *')) {
      if (!/^(fixed|sticky)$/.test(getComputedStyle(other).position) || other.contains(element) || element.contains(other)) continue;
      const over = other.getBoundingClientRect();
      for (const box of boxes) {
        const [left, right] = [Math.max(box.left, over.left), Math.min(box.right, over.right)];
        const [upper, lower] = [Math.max(box.top, over.top), Math.min(box.bottom, over.bottom)];
        if (right - left < 2 || lower - upper < 2) continue;
        // Of two at one place, the upper one is what is pointed at.
        if (other.contains(document.elementFromPoint((left + right) / 2, (upper + lower) / 2))) wrong.push(`is covered by ${other.localName}.${other.className}`);
      }
    }
    return { at, wrong };
  });
}

async function step(page: Page, key: string): Promise<Stop> {
  await page.keyboard.press(key);
  const stop = await here(page);
  expect(stop.wrong, `${stop.at} on ${new URL(page.url()).pathname}`).toEqual([]);
  return stop;
}

/** More stops than any page has. */
const MOST = 250;

/** Goes on with Tab until a place has the focus. */
export async function tabTo(page: Page, place: Locator): Promise<void> {
  for (let stops = 0; stops < MOST; stops += 1) {
    if (await place.evaluate((element) => element === document.activeElement)) return;
    await step(page, 'Tab');
  }
  throw new Error(`Tab does not lead to ${place} on ${new URL(page.url()).pathname}`);
}

/** Goes to a field and types. What stands in it is selected by Tab, and replaced. */
export async function typeInto(page: Page, place: Locator, words: string): Promise<void> {
  await tabTo(page, place);
  await page.keyboard.type(words);
}

/** Goes to a link or a button and opens it. */
export async function open(page: Page, place: Locator): Promise<void> {
  await tabTo(page, place);
  await page.keyboard.press('Enter');
}

/** Goes to a tick box and ticks it. */
export async function tick(page: Page, place: Locator): Promise<void> {
  await tabTo(page, place);
  await page.keyboard.press('Space');
  await expect(place).toBeChecked();
}

/** Goes to the one radio button of its group that has the focus, and with the arrow to the one that is meant. */
export async function choose(page: Page, place: Locator): Promise<void> {
  const group = page.locator(`input[type=radio][name="${await place.getAttribute('name')}"]`);
  const isIn = () => group.evaluateAll((all) => all.some((one) => one === document.activeElement));
  for (let stops = 0; !(await isIn()); stops += 1) {
    if (stops === MOST) throw new Error(`Tab does not lead to ${place}`);
    await step(page, 'Tab');
  }
  for (let stops = await group.count(); !(await place.isChecked()) && stops > 0; stops -= 1) {
    // Space chooses the one that has the focus; the arrows choose the next.
    await page.keyboard.press('Space');
    if (!(await place.isChecked())) await step(page, 'ArrowDown');
  }
  await expect(place).toBeChecked();
}

/** Goes once around a page and returns its stops: each is seen, and none is a trap. */
export async function around(page: Page): Promise<string[]> {
  const stops: string[] = [];
  for (let stop = await step(page, 'Tab'); stop.at !== '' && stops.length < MOST; stop = await step(page, 'Tab')) stops.push(stop.at);
  expect(stops.length, `a trap at ${stops.at(-1)}`).toBeLessThan(MOST);
  return stops;
}
