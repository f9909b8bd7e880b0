// Reads { chromium, cookie, rounds, pages: [{ name, url }] } and prints what Lighthouse says of each page on a phone, the medians of the rounds.
//
// Its phone is a middling one: 412 px wide, a processor four times slower than this one, 1.6 Mbit/s and 150 ms to the server (simulated).
// The cookie goes with every request, as a header; each load begins with an empty cache.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

let input = '';
for await (const part of process.stdin) input += part;
const { chromium, cookie, rounds, pages } = JSON.parse(input);

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

const browser = await launch({ chromePath: chromium, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
const figures = [];

/** What Lighthouse says of one load. Now and then Chromium records no beginning of it: then it is loaded again. */
async function load(name, url, tries = 5) {
  const { lhr } = await lighthouse(url, { port: browser.port, logLevel: 'error', output: 'json', extraHeaders: { Cookie: cookie }, onlyCategories: ['performance', 'accessibility', 'best-practices'] });
  if (lhr.runtimeError?.code === 'NO_NAVSTART' && tries > 1) return load(name, url, tries - 1);
  if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
  return lhr;
}

for (const { name, url } of pages) {
  const seen = [];
  const failed = new Set();
  for (let round = 0; round < rounds; round += 1) {
    const lhr = await load(name, url);
    if (lhr.finalDisplayedUrl !== url) throw new Error(`${name}: ${url} led to ${lhr.finalDisplayedUrl}`);
    const number = (audit) => lhr.audits[audit]?.numericValue ?? Number.NaN;
    const score = (category) => Math.round((lhr.categories[category].score ?? 0) * 100);
    seen.push({
      performance: score('performance'), accessibility: score('accessibility'), practices: score('best-practices'),
      lcp: number('largest-contentful-paint'), tti: number('interactive'), tbt: number('total-blocking-time'), cls: number('cumulative-layout-shift'),
      bytes: number('total-byte-weight'), html: lhr.audits['network-requests'].details.items.find((one) => one.resourceType === 'Document')?.transferSize ?? Number.NaN,
    });
    for (const category of ['accessibility', 'best-practices']) {
      for (const { id, weight } of lhr.categories[category].auditRefs) {
        const { score: of, details } = lhr.audits[id];
        if (weight === 0 || of === null || of === 1) continue;
        const [{ node, description } = {}] = details?.items ?? [];
        failed.add(`${id} (${node?.snippet ?? description ?? ''})`);
      }
    }
  }
  const figure = Object.fromEntries(Object.keys(seen[0]).map((key) => [key, median(seen.map((one) => one[key]))]));
  figures.push({ name, ...figure, failed: [...failed] });
}
browser.kill();
process.stdout.write(JSON.stringify(figures));
