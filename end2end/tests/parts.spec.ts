import { claim, give, heartDoctor, openShared } from '../house/journey.ts';
import { expect, expectAccessible, shoot, test } from '../house/test.ts';

test('a clinician reads why a visit was where they may read problems', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, { project }) => {
  test.setTimeout(240_000);
  const isScripted = project.name !== 'no-script';
  const context = await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: isScripted });
  const doctor = await context.newPage();
  await heartDoctor(doctor, house);
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  const [visit] = sql(
    `select i.item_id from item i join item_version v using (patient_id, item_id, version_no) where i.patient_id = '${record}' and i.category = 9 and i.labels = 0 ` +
      `and convert_from(v.bytes, 'UTF8') like '%"reasonCode"%' and exists (select from item p where p.patient_id = i.patient_id and p.visit_id = i.item_id and p.category = 2 and p.labels = 0) order by sort_at desc limit 1`,
  );
  const address = `/record/${record}/visits/${visit}`;
  const why = (of: typeof page) => of.locator('.facts dt', { hasText: 'Reason' });

  await page.goto(address);
  await expect(why(page)).not.toHaveCount(0);
  const reason = await why(page).first().locator('xpath=following-sibling::dd[1]').innerText();
  if (isScripted) await shoot(page, 'visit-own');

  await give(page, ['Visits']);
  await openShared(doctor, record, sql);
  await doctor.goto(address);
  await expect(why(doctor)).toHaveCount(0);
  expect((await doctor.content()).toLowerCase()).not.toContain(reason.toLowerCase());
  if (isScripted) await shoot(doctor, 'visit-without-problems');

  await give(page, ['Visits', 'Problems']);
  await openShared(doctor, record, sql);
  await doctor.goto(address);
  await expect(why(doctor)).not.toHaveCount(0);
  await expect(doctor.getByRole('main')).toContainText(reason);
  if (isScripted) await expectAccessible(doctor);
  if (isScripted) await shoot(doctor, 'visit-with-problems');
  await doctor.goto(`${address}/about`);
  await expect(doctor.getByRole('main')).toContainText(reason);
  if (isScripted) await shoot(doctor, 'visit-about-with-problems');
  await context.close();
});
