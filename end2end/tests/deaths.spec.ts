// A death is reported by mistake: nothing is changed, what is shared ends, and the patient, who lives, undoes it.
import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, look, speak, test } from '../house/test.ts';

test('a patient who lives undoes the report of their death', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const doctor = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize() })).newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  await give(page, ['Results']);
  await openShared(doctor, record, sql);
  sql(`update access_grant set ends_at = null where patient_id = '${record}'`);
  const end = () => sql(`select coalesce(round(extract(epoch from gate.ends(g) - now()) / 86400)::text, 'open') from access_grant g where patient_id = '${record}'`);

  await chartkeyOk(['person', 'report-death', '--patient', record, '--reason', 'the registry office, by telephone']);
  expect(end()).toEqual(['30']);
  await page.goto('/home');
  await expect(page.getByRole('heading', { name: 'It was reported that you have died' })).toBeVisible();
  await look(page, 'death-home');
  await page.goto('/sharing/prescribing');
  await expect(page.getByRole('region', { name: 'Whose record this is' })).toContainText('Death reported on');
  await page.getByRole('button', { name: 'Turn this on' }).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was changed. A death was reported');
  await look(page, 'death-refused');
  await doctor.goto(`/record/${record}/results`);
  await expect(doctor.getByRole('region', { name: 'Whose record this is' })).toContainText('nothing can be changed');
  await look(doctor, 'death-doctor');

  await page.goto('/home');
  if (info.project.name !== 'no-script') {
    await speak(page, 'es');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Se comunicó que usted ha fallecido' })).toBeVisible();
    await look(page, 'es-death-home');
    await speak(page, 'en');
    await page.reload();
  }
  await page.getByRole('button', { name: 'It is wrong: undo it' }).click();
  await page.waitForURL('**/home?done=death-undone');
  await expect(page.getByRole('main')).not.toContainText('It was reported that you have died');
  await look(page, 'death-undone');
  expect(end()).toEqual(['open']);
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('wrote down that a death was reported');
  await expect(page.getByRole('main')).toContainText('took back that a death was reported');
});
