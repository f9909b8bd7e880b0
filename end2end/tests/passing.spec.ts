// A clinician passes part of what they see on to one colleague; the patient is told and ends it.
import { answer, claim, heartDoctor } from '../house/journey.ts';
import { expect, field, look, signInAt, speak, test } from '../house/test.ts';

test('part of a share is passed on to one colleague, told, taken back and ended', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const visit = async () => (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.use.javaScriptEnabled })).newPage();
  const [riverside, northgate] = house.organizations;
  if (!riverside || !northgate) throw new Error('no organizations');
  const [doctor, colleague] = [await visit(), await visit()];
  await signInAt(colleague, riverside, 'lee');
  await expect(colleague).toHaveURL(`${house.url}/shared`);
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });

  // The patient allows it, in the sentence.
  await answer(page, 'Dr Hana Lindqvist', ['Results', 'Medicines']);
  await page.locator('.facts div, .row', { hasText: 'When' }).getByRole('link', { name: /^Change/ }).click();
  await page.getByRole('checkbox', { name: 'They may pass it on, or part of it, to one colleague' }).check();
  await look(page, 'passing-allowed');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('.grant .sentence')).toContainText('They may pass it on, or part of it, to one colleague; you are told.');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  const [grant = ''] = sql(`select grant_id from access_grant where patient_id = '${record}'`);
  const share = page.url().split('?')[0] ?? '';

  // The doctor chooses what, to whom and for how long.
  const passing = `/shared/${grant}/pass-on`;
  const ready = async () => {
    await doctor.goto(passing);
    const again = doctor.getByRole('link', { name: 'Sign in again' });
    if ((await again.count()) === 0) return;
    await look(doctor, 'passing-again');
    await again.click();
    await doctor.getByRole('link', { name: 'Northgate Heart Clinic' }).click();
    await field(doctor, 'User name').fill('lindqvist');
    await field(doctor, 'Password').fill('lindqvist-at-northgate');
    await doctor.getByRole('button', { name: 'Sign in', exact: true }).click();
    await doctor.waitForURL(`**${passing}`);
  };
  await ready();
  await look(doctor, 'passing');
  await doctor.getByRole('checkbox', { name: 'Results' }).check();
  await doctor.getByRole('button', { name: 'Pass on to a colleague' }).click();
  await expect(doctor.getByRole('alert')).toContainText('Choose who may see something.');
  await expect(doctor.getByRole('checkbox', { name: 'Results' }), 'what was chosen is there still').toBeChecked();
  const lee = doctor.locator('.choice', { hasText: 'Riverside' }).filter({ hasText: 'Dr Ada Lee' });
  await lee.getByRole('radio').check();
  await doctor.getByRole('button', { name: 'Pass on to a colleague' }).click();
  await doctor.waitForURL('**?done=passed');
  await expect(doctor.locator('.grant .sentence').last()).toHaveText(/Dr Ada Lee at Riverside Family Practice can see your results, for treatment, until .* Passed on by Dr Hana Lindqvist\.$/);
  await look(doctor, 'passing-done');

  // The colleague reads that and nothing else; the patient reads that they do.
  await colleague.goto('/shared');
  const [passed = ''] = sql(`select grant_id from access_grant where parent_grant_id = '${grant}' and state = 'active'`);
  await colleague.locator('form', { has: colleague.locator(`[value="${passed}"]`) }).getByRole('button').click();
  await colleague.waitForURL(`**/record/${record}`);
  expect((await colleague.goto(`/record/${record}/results`))?.status()).toBe(200);
  await colleague.goto(`/record/${record}/medicines`);
  await expect(colleague.getByRole('main')).toContainText('Not shared with you');
  await page.goto('/home');
  await expect(page.getByRole('main')).toContainText('A share of yours was passed on to a colleague');
  await look(page, 'passing-home');
  await page.goto(share);
  await expect(page.getByRole('region', { name: 'Passed on to a colleague' })).toContainText('Dr Ada Lee');
  await look(page, 'passing-share');
  await page.getByRole('link', { name: /^Details.*Dr Ada Lee/ }).click();
  await expect(page.getByRole('main')).toContainText('Part of what you share with Dr Hana Lindqvist');
  await look(page, 'passing-part');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('passed part of a share on to a colleague');

  // Taken back, passed on once more, and ended by the patient from their first page.
  await doctor.goto(passing);
  await doctor.getByRole('button', { name: 'Take it back' }).click();
  await doctor.waitForURL('**?done=taken');
  expect((await colleague.goto(`/record/${record}/results`))?.status()).toBe(404);
  await ready();
  await doctor.getByRole('checkbox', { name: 'Results' }).check();
  await lee.getByRole('radio').check();
  await doctor.getByRole('button', { name: 'Pass on to a colleague' }).click();
  await doctor.waitForURL('**?done=passed');
  expect((await colleague.goto(`/record/${record}/results`))?.status()).toBe(200);
  await page.goto('/home');
  await page.getByRole('button', { name: 'End it now' }).click();
  await expect(page).toHaveURL(/done=withdrawn/);
  expect((await colleague.goto(`/record/${record}/results`))?.status()).toBe(404);

  if (info.project.name === 'no-script') return;
  await speak(page, 'es');
  await page.goto(share);
  await look(page, 'es-passing-share');
});
