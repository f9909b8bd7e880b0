// Notes and files that somebody made to do harm, in a real browser: nothing of them runs, loads or leads, and a person reads
// what can be read. Beside them a note, a clinical document, a PDF and a picture as they should be, photographed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { launch } from '../house/browser.ts';
import { claim } from '../house/journey.ts';
import { expect, expectAccessible, expectNoOverflow, sharedData, shoot, test } from '../house/test.ts';

/** What each payload would do if it ran: seen by `watched`. */
const RUN = 'window.ran=1;alert(1)';

const HTML = [
  `<script>${RUN}</script>seen`,
  `<img src=x onerror="${RUN}">seen`,
  `<svg onload="${RUN}"><script>${RUN}</script></svg>seen`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;"></table></math>seen`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}></style></math>seen`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">seen`,
  `<iframe srcdoc="<script>parent.ran=1</script>"></iframe><iframe src="javascript:${RUN}"></iframe>seen`,
  `<meta http-equiv=refresh content="0;url=http://evil.example/"><base href=http://evil.example/>seen`,
  `<style>@import url(http://evil.example/x.css);body{display:none}</style><link rel=stylesheet href=http://evil.example/x.css>seen`,
  `<p style="background:url(http://evil.example/x)">seen</p><img src=http://evil.example/pixel.gif>`,
  `<details open ontoggle="${RUN}"><input autofocus onfocus="${RUN}"><video><source onerror="${RUN}"></video>seen`,
  `<object data="data:text/html,<script>${RUN}</script>"></object><embed src=http://evil.example/x.swf></embed>seen`,
  `<template><img src=x onerror=${RUN}></template><xmp><p title="</xmp><img src=x onerror=${RUN}>">seen`,
  `<!--><img src=x onerror=${RUN}>-->seen`,
  `&lt;img src=x onerror=${RUN}&gt;seen`,
  `</div></article></section></main><script>${RUN}</script>seen`,
];
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script></svg>`;
const RTF = String.raw`{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\object\objupdate{\*\objdata 0105}}{\field{\*\fldinst{HYPERLINK "javascript:alert(1)"}}{\fldrslt seen}}\par Caf\'e9}`;

/** A PDF with a page of words, and perhaps a program that runs when it is opened. */
function pdf(opens = ''): string {
  const words = 'BT /F1 24 Tf 40 150 Td (A letter) Tj ET';
  const objects = [
    `<</Type/Catalog/Pages 2 0 R${opens}>>`,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${words.length}>>stream\n${words}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return `${file}xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF`;
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A picture in shades from left to right; or only the head of one, for one that nobody should unpack. */
function png(width: number, height: number, lines = height): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const line = Buffer.from([0, ...Array.from({ length: Math.min(width, 2000) }, (_, x) => (x * 255) / Math.min(width, 2000))]);
  const data = deflateSync(Buffer.concat(Array.from({ length: lines }, () => line)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

const NOTE = `<html><body><h1>Discharge note</h1><p>Mrs Roe was with us from <b>3</b> to <b>5 March 2024</b>.</p>
  <h2>Medicines</h2><table><thead><tr><th>Medicine</th><th>How much</th><th>When</th></tr></thead>
  <tbody><tr><td>Ramipril 5 mg</td><td>1 tablet</td><td>In the morning</td></tr><tr><td>Simvastatin 20 mg</td><td>1 tablet</td><td>In the evening</td></tr></tbody></table>
  <h2>What to do</h2><ul><li>Weigh yourself every day.</li><li>Come back in <i>two weeks</i>.</li></ul></body></html>`;
const EVIL = `"><img src=x onerror=${RUN}>`;

interface Part {
  kind: string;
  bytes: Buffer | string;
  title?: string;
}

function letter(id: string, title: string, ...parts: Part[]): object {
  const content = parts.map(({ kind, bytes, title: name }) => ({ attachment: { contentType: kind, title: name, data: Buffer.from(bytes).toString('base64') } }));
  return { resourceType: 'DocumentReference', id, status: 'current', type: { text: title }, date: '2024-03-05T08:00:00Z', subject: { reference: 'Patient/roe' }, author: [{ display: EVIL }], content };
}

/** Everything that would show that a page did what it was not made for. */
async function watched(page: Page, here: string): Promise<() => Promise<string[]>> {
  const seen: string[] = [];
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => seen.push(`popup ${popup.url()}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== here && protocol !== 'data:' && protocol !== 'chrome-extension:' && protocol !== 'chrome:') seen.push(`request ${request.url()}`);
  });
  await page.addInitScript(() => {
    const list = ((window as unknown as { refused: string[] }).refused = []) as string[];
    addEventListener('securitypolicyviolation', (event) => list.push(`refused ${event.violatedDirective} ${event.blockedURI}`));
  });
  return async () => {
    const inside = await page.evaluate(() => {
      const { ran, refused = [] } = window as unknown as { ran?: number; refused?: string[] };
      return [...(ran === undefined ? [] : ['ran']), ...refused];
    });
    return [...seen, ...inside];
  };
}

// What shows PDF files is part of the whole browser.
test.use({ launchOptions: launch('chromium') });

test('nothing that came with a record runs, and a person reads what can be read', { tag: '@desktop' }, async ({ page, house, mail, chartkeyOk, sql }, info) => {
  test.setTimeout(600_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'chartkey-hostile-'));
  const documents = [
    letter('note', 'Discharge note', { kind: 'text/html', bytes: NOTE }, { kind: 'application/rtf', bytes: RTF, title: 'In another format' }),
    letter('plain', 'Progress note', { kind: 'text/plain', bytes: '\n2024-03-05\n\n# Chief Complaint\n- Decreased attentiveness\n- Cough\n\n# History of Present Illness\nMrs Roe is 63 years old and comes with her daughter.' }),
    letter('ccda', 'Progress note of the hospital', { kind: 'application/xml', bytes: readFileSync(path.join(sharedData, 'ccda/Referral_Note.xml')) }),
    letter('pdf', 'Letter', { kind: 'application/pdf', bytes: pdf(), title: 'The letter' }),
    letter('program', 'Letter with a program', { kind: 'application/pdf', bytes: pdf('/OpenAction<</S/JavaScript/JS(app.alert\\("ran"\\);)>>') }),
    letter('leads', 'Letter that leads elsewhere', { kind: 'application/pdf', bytes: pdf('/OpenAction<</S/URI/URI(http://evil.example/)>>') }),
    letter('picture', 'Wound', { kind: 'image/png', bytes: png(1600, 900), title: 'Left foot' }),
    ...HTML.map((bytes, at) => letter(`html${at}`, `Note ${at} ${EVIL}`, { kind: 'text/html', bytes, title: EVIL })),
    letter('svg', EVIL, { kind: 'image/svg+xml', bytes: SVG, title: EVIL }),
    letter('large', 'Large picture', { kind: 'image/png', bytes: png(50_000, 50_000, 1) }),
    letter('gif', 'Two things at once', { kind: 'image/gif', bytes: Buffer.from(`GIF89a/*\x01\0\0\0\0,\0\0\0\0/*\x01\0\0\x02\0*/=1;${RUN}//;`, 'latin1') }),
    letter('both', 'Two things at once', { kind: 'application/pdf', bytes: `%PDF-1.4\n<script>${RUN}</script>` }),
    letter('zip', 'Packed', { kind: 'application/zip', bytes: Buffer.concat([Buffer.from('PK\x03\x04'), deflateSync(Buffer.alloc(64 << 20))]) }),
    { resourceType: 'Composition', id: 'sections', status: 'final', title: 'Sections', date: '2024-03-05', type: { text: 'Sections' }, subject: { reference: 'Patient/roe' }, section: HTML.map((div) => ({ title: EVIL, text: { status: 'generated', div } })) },
  ];
  const person = { resourceType: 'Patient', id: 'roe', name: [{ family: `Roe${info.project.name}`, given: ['Ana'] }], birthDate: '1961-03-14' };
  const file = path.join(folder, 'letters.json');
  writeFileSync(file, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [person, ...documents].map((resource) => ({ resource })) }));
  const record = await claim(page, path.relative(sharedData, file), { house, mail, chartkeyOk, sql });
  rmSync(folder, { recursive: true });
  const items = new Map(sql(`select fhir_id || ' ' || item_id from item where patient_id = '${record}'`).map((row) => row.split(' ') as [string, string]));
  const address = (id: string): string => `/record/${record}/documents/${items.get(id)}`;
  const seen = await watched(page, house.url);

  const open = async (where: string): Promise<void> => {
    const answer = await page.goto(where);
    expect(answer?.status(), where).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoOverflow(page);
  };
  const look = async (where: string, name: string): Promise<void> => {
    await open(where);
    await expectAccessible(page);
    await shoot(page, name);
  };

  await look(address('note'), 'document-note');
  await expect(page.getByRole('heading', { name: 'Medicines' })).toBeVisible();
  await expect(page.getByText('Café')).toBeVisible();
  await look(address('plain'), 'document-plain');
  await look(address('ccda'), 'document-ccda');
  await look(address('picture'), 'document-picture');
  await expect.poll(() => page.locator('img.picture').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1600);
  await page.getByRole('link', { name: 'See the picture large' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Left foot' })).toBeVisible();
  await look(page.url(), 'document-picture-alone');
  await look(address('large'), 'document-too-large');
  await look(address('svg'), 'document-svg');

  for (const id of [...HTML.map((_, at) => `html${at}`), 'sections', 'svg', 'gif', 'both', 'program', 'leads', 'zip', 'large']) {
    await open(address(id));
    if (id.startsWith('html')) await expect(page.locator('.prose'), id).toContainText('seen');
    expect(await page.locator('.prose').locator('a, img, script, style, iframe, [style], [id], [class]').count(), id).toBe(0);
    expect(await seen(), id).toEqual([]);
  }
  await open(`/record/${record}/documents`);
  expect(await seen(), 'the list').toEqual([]);

  // Opened by hand, as somebody would who was sent the address.
  for (const [id, kind] of [['gif', 'image/gif'], ['picture', 'image/png'], ['pdf', 'application/pdf'], ['both', 'application/pdf']] as const) {
    const answer = await page.request.get(`${address(id)}/files/0/shown`);
    expect(answer.headers()['content-type'], id).toBe(kind);
    expect(answer.headers()['content-security-policy'], id).toContain('sandbox;');
  }
  for (const id of ['svg', 'program', 'large']) expect((await page.request.get(`${address(id)}/files/0/shown`)).status(), id).toBe(404);
  expect((await page.request.get(`${address('svg')}/files/0`)).headers()['content-disposition']).toBe('attachment; filename="document-1.bin"');

  for (const id of ['both', 'leads', 'pdf']) {
    await open(`${address(id)}/view/0`);
    // The viewer is a page of the browser's own, which draws when it likes.
    await page.waitForTimeout(3000);
    expect(await seen(), id).toEqual([]);
  }
  await shoot(page, 'document-pdf');
  await expectAccessible(page);
  if (info.project.name === 'desktop') {
    const frames = page.frames().map((frame) => frame.url());
    expect(frames.some((url) => url.startsWith('chrome-extension:')), `Chromium's viewer runs: ${frames}`).toBe(true);
  }
  await page.goto(`${address('pdf')}/files/0/shown`);
  await page.waitForTimeout(2000);
  expect(await seen(), 'a PDF alone').toEqual([]);
});
