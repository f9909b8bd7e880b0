// What pages are on a phone: Lighthouse on the pages of a record that none of us wrote, beside what is promised. Run by scripts/lighthouse.
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { claim } from '../house/journey.ts';
import { root } from '../house/place.ts';
import { test } from '../house/test.ts';

interface Figure {
  name: string;
  performance: number;
  accessibility: number;
  practices: number;
  lcp: number;
  tti: number;
  tbt: number;
  cls: number;
  bytes: number;
  html: number;
  failed: string[];
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

test('signed-in pages on a phone', async ({ page, house, mail, chartkeyOk, sql, context }) => {
  test.setTimeout(1_200_000);
  const record = await claim(page, 'synthea/large-4-organisations-von.json', { house, mail, chartkeyOk, sql });
  const of = `${house.url}/record/${record}`;
  const firstOf = async (list: string, part: string) => {
    await page.goto(list);
    return new URL((await page.locator(`main a[href*="/${part}/"]`).first().getAttribute('href')) ?? '', house.url).href;
  };
  const result = await firstOf(`${of}/results`, 'results');
  await page.goto(`${of}/results`);
  await page.locator('main .result .name').first().click();
  const one = page.url();
  const pages = [
    { name: 'home', url: `${house.url}/home` },
    { name: 'summary', url: of },
    { name: 'results', url: `${of}/results` },
    { name: 'one result', url: one },
    { name: 'one report', url: result },
    { name: 'visit', url: await firstOf(`${of}/visits`, 'visits') },
    { name: 'trend', url: await firstOf(one, 'trends') },
    { name: 'search', url: `${of}/search` },
  ];
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const chromium = execFileSync(path.join(root, 'scripts/install'), ['--bin', 'chromium'], { encoding: 'utf8' }).trim();
  const measured = spawnSync(process.execPath, [path.join(root, 'bench/lighthouse/measure.mjs')], {
    input: JSON.stringify({ chromium, cookie, rounds: Number(process.env.CHARTKEY_ROUNDS ?? 5), pages }),
    encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (measured.status !== 0) throw new Error(`Lighthouse ended with ${measured.status}`);
  const figures = JSON.parse(measured.stdout) as Figure[];
  const rows = figures.map(({ name, performance, accessibility, practices, lcp, tti, tbt, cls, bytes, html }) =>
    `| ${name} | ${performance} | ${accessibility} | ${practices} | ${seconds(lcp)} | ${seconds(tti)} | ${tbt.toFixed(0)} | ${cls.toFixed(3)} | ${kilobytes(html)} | ${kilobytes(bytes)} |`);
  const table = [
    '| page | performance | accessibility | best practices | LCP, s | TTI, s | TBT, ms | CLS | HTML, kB | all, kB |',
    '|---|---|---|---|---|---|---|---|---|---|',
    '| promised | ≥ 95 | ≥ 95 | ≥ 95 | ≤ 1.2 | ≤ 1.8 | ≤ 50 | 0 |  |  |',
    ...rows,
  ];
  console.log(`\n${table.join('\n')}\n`);
  for (const { name, failed } of figures) if (failed.length > 0) console.log(`${name}: ${failed.join(', ')}`);
});
