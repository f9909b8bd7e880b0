// Every page of a record, the patient's and a doctor's: accessible in both themes, no wider than the screen, and photographed.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, expectAccessible, expectNoOverflow, shoot, test, watch } from '../house/test.ts';

const CATEGORIES = ['results', 'visits', 'medicines', 'problems', 'allergies', 'vaccines', 'vitals', 'procedures', 'documents', 'imaging', 'plans', 'lifestyle', 'devices', 'insurance', 'details'];
// The record has something of each of these.
const FILLED = ['results', 'visits', 'medicines', 'problems', 'vaccines', 'vitals', 'procedures', 'imaging', 'plans', 'lifestyle', 'insurance', 'details'];

test('every page of a record is accessible and fits the screen', { tag: '@desktop' }, async ({ page: patient, house, mail, chartkeyOk, sql, browser }, info) => {
  test.setTimeout(600_000);
  const { viewport, isMobile, hasTouch } = info.project.use;
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport, isMobile, hasTouch })).newPage();
  const doctorsErrors = watch(doctor);
  await heartDoctor(doctor, house);
  const record = await claim(patient, 'synthea/large-4-organisations-von.json', { house, mail, chartkeyOk, sql });
  await give(patient, ['Results', 'Medicines', 'Visits']);
  await openShared(doctor, record, sql);

  const look = async (page: typeof patient, address: string, name: string) => {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoOverflow(page);
    await expectAccessible(page);
    await shoot(page, name);
  };
  const first = async (page: typeof patient, part: string) => {
    const links = page.locator(`main a[href^="/record/${record}/${part}/"]`);
    return (await links.count()) > 0 ? links.first().getAttribute('href') : null;
  };

  for (const address of ['/home', '/sharing', '/sharing/new', '/sharing/codes', '/activity', '/account', '/claim']) await look(patient, address, address.slice(1).replaceAll('/', '-'));
  await look(patient, `/record/${record}`, 'record');
  await look(patient, `/record/${record}/timeline`, 'timeline');
  for (const category of CATEGORIES) {
    await look(patient, `/record/${record}/${category}`, category);
    const item = await first(patient, category);
    if (FILLED.includes(category)) expect(item, category).not.toBeNull();
    if (item) await look(patient, item, `${category}-one`);
  }
  await patient.goto(`/record/${record}/results`);
  await patient.locator(`main li a[href^="/record/${record}/results/"]`).first().click();
  const trend = await first(patient, 'trends');
  expect(trend).not.toBeNull();
  await look(patient, trend ?? '', 'trend-of-record');

  for (const address of ['/shared', '/redeem', '/account', `/record/${record}`, `/record/${record}/results`, `/record/${record}/visits`, `/record/${record}/medicines`, `/record/${record}/problems`, `/record/${record}/timeline`]) {
    await look(doctor, address, `doctor-${address.replace(record, '').replaceAll('/', '-').replace(/^-+/, '') || 'record'}`);
  }
  expect(doctorsErrors, 'errors in the console of the doctor').toEqual([]);
});
