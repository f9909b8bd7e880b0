import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Page } from '@playwright/test';
import { claim } from '../house/journey.ts';
import { expect, expectAccessible, test } from '../house/test.ts';

test.use({ serviceWorkers: 'allow' });

/** What the browser keeps for us outside its ordinary cache. */
async function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
    return found.sort();
  });
}

const ready = (page: Page) => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);

test('the shell is kept and nothing of a record, whatever is read', async ({ page, house, mail, chartkeyOk, sql }) => {
  await page.goto('/');
  await ready(page);
  const shell = [expect.stringMatching(/^\/assets\/icon-[0-9a-f]+\.svg$/), expect.stringMatching(/^\/assets\/style-[0-9a-f]+\.css$/), '/offline'];
  await expect.poll(() => kept(page)).toEqual(shell);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  for (const path of ['', '/results', '/medicines', '/timeline']) {
    await page.goto(`/record/${record}${path}`);
    expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toContain('/service-worker.js');
  }
  expect(await kept(page)).toEqual(shell);
});

test('without a network the page says so, and comes back with it', { tag: '@desktop' }, async ({ page, house }) => {
  const at = new URL(house.url);
  const open = new Set<Socket>();
  const cable = createServer((near) => {
    const far = connect(Number(at.port), at.hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      open.add(from);
      from.pipe(to).on('error', () => from.destroy());
      from.on('error', () => to.destroy()).on('close', () => open.delete(from));
    }
  });
  const listen = (port: number) => new Promise<number>((listening) => cable.listen(port, '127.0.0.1', () => listening((cable.address() as AddressInfo).port)));
  const port = await listen(0);
  await page.goto(`http://localhost:${port}/sign-in`);
  await expect.poll(() => ready(page)).toBe('activated');

  const unplugged = new Promise((done) => cable.close(done));
  open.forEach((socket) => socket.destroy());
  await unplugged;
  await page.goto(`http://localhost:${port}/welcome`);
  await expect(page.getByRole('heading', { level: 1, name: 'There is no network' })).toBeVisible();
  await expectAccessible(page);

  await listen(port);
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'There is no network' })).toHaveCount(0);
  await expect(page).toHaveURL(`http://localhost:${port}/welcome`);
  open.forEach((socket) => socket.destroy());
  await new Promise((done) => cable.close(done));
});

test('the manifest names what a telephone needs, and each picture is there', async ({ page, request }) => {
  await page.goto('/');
  const manifest = await (await request.get((await page.locator('link[rel=manifest]').getAttribute('href')) ?? '')).json();
  expect(manifest).toMatchObject({ name: 'Chartkey', start_url: '/home', scope: '/', display: 'standalone' });
  for (const { src, type } of manifest.icons) {
    const picture = await request.get(src);
    expect(picture.status(), src).toBe(200);
    expect(picture.headers()['content-type'], src).toContain(type);
  }
});
