// A patient names who stands in for them; two clinicians say that they cannot decide; the patient signs in, and it ends.
import { answer, claim, letHelp, openShared } from '../house/journey.ts';
import { expect, field, look, newPerson, signIn, signInAt, signUp, speak, test } from '../house/test.ts';

const REASON = 'In coma since this morning.';

test('somebody stands in for a patient who cannot decide, until they are back', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const another = async () => (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.name !== 'no-script' })).newPage();
  const [, northgate] = house.organizations;
  if (!northgate) throw new Error('no organization');
  const patient = newPerson();
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql }, patient);

  await page.goto('/sharing');
  await page.getByRole('link', { name: 'If you cannot decide' }).click();
  await expect(page.getByRole('main')).toContainText('Nobody helps you yet.');
  await look(page, 'stand-in-none');
  const [daughter, helper] = [await another(), newPerson()];
  await signUp(daughter, mail, helper);
  await letHelp(page, daughter);
  await page.goto('/sharing/incapacity');
  await page.getByRole('button', { name: 'Name this person' }).click();
  await expect(page.getByRole('alert')).toContainText('Choose one of the people who help you.');
  await page.getByRole('radio', { name: helper.name }).check();
  await page.getByRole('checkbox', { name: 'Share with clinicians in your place' }).check();
  await page.getByRole('button', { name: 'Name this person' }).click();
  await page.waitForURL('**?done=named');
  await expect(page.locator('.grant .sentence')).toHaveText(
    `${helper.name}, who stands in for you while you cannot decide, can see your whole record but what is private, without what is sensitive, and can share with clinicians in your place.`,
  );
  await look(page, 'stand-in-named');
  await answer(page, page.locator('.choices', { hasText: northgate.name }).getByRole('radio', { name: /^Anyone who signs in as physician/ }), ['Results']);
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');

  const doctors = [];
  for (const username of ['lindqvist', 'lee']) {
    const doctor = await another();
    await signInAt(doctor, northgate, username);
    await openShared(doctor, record, sql);
    await doctor.getByRole('link', { name: 'If the patient cannot decide' }).click();
    await look(doctor, `incapacity-${username}`);
    await doctor.getByLabel('Why can they not decide?').fill(REASON);
    await doctor.getByRole('button', { name: 'Say that they cannot decide' }).click();
    // What opens something needs that they have proved just now who they are.
    if (doctor.url().includes('/sign-in/again')) {
      await doctor.getByRole('link', { name: northgate.name }).click();
      await field(doctor, 'User name').fill(username);
      await field(doctor, 'Password').fill(`${username}-at-northgate`);
      await doctor.getByRole('button', { name: 'Sign in', exact: true }).click();
      await doctor.waitForURL(`**/record/${record}/incapacity**`);
      await doctor.getByLabel('Why can they not decide?').fill(REASON);
      await doctor.getByRole('button', { name: 'Say that they cannot decide' }).click();
    }
    await doctor.waitForURL(`**/record/${record}/incapacity?done=*`);
    await look(doctor, `incapacity-${username}-said`);
    doctors.push(doctor);
  }
  const [, second] = doctors;
  if (!second) throw new Error('no second doctor');
  await expect(second.getByRole('main')).toContainText(`${helper.name} has stood in for this patient since`);
  await daughter.goto('/shared');
  await expect(daughter.getByRole('main')).toContainText('who stands in for you while you cannot decide');
  await look(daughter, 'stand-in-list');
  expect((await daughter.goto(`/record/${record}/problems`))?.status()).toBe(200);
  await expect(daughter.getByRole('main')).not.toContainText('Not shared with you');

  // After a reported death it can be ended, and nothing goes on.
  await chartkeyOk(['person', 'report-death', '--patient', record, '--reason', 'a letter']);
  await second.goto(`/record/${record}/incapacity`);
  await expect(second.getByRole('main')).toContainText('A death was reported, so nothing begins here any more.');
  await expect(second.getByRole('main').getByRole('button')).toHaveText('End it now');
  // Of the 90 days none is left after the 30 of the report.
  const last = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.now() + 30 * 86_400_000);
  await expect(second.getByRole('main')).toContainText(`The last day is ${last}.`);
  await look(second, 'incapacity-death');
  await chartkeyOk(['person', 'undo-death', '--patient', record, '--reason', 'somebody else']);

  // They are back.
  const back = await another();
  await signIn(back, patient);
  await back.waitForURL('**/home');
  expect((await daughter.request.get(`/record/${record}/problems`)).status()).toBe(200);
  await daughter.goto(`/record/${record}/problems`);
  await expect(daughter.getByRole('main')).toContainText('Not shared with you');
  await back.goto('/sharing/incapacity');
  await expect(back.getByRole('main')).toContainText(REASON);
  await look(back, 'stand-in-back');
  await back.goto('/activity');
  await expect(back.getByRole('main')).toContainText('signed in, so nobody stands in for them any more');
  if (info.project.name === 'no-script') return;
  await speak(back, 'es');
  await back.goto('/sharing/incapacity');
  await expect(back.getByRole('heading', { level: 1 })).toHaveText('Si usted no puede decidir');
  await look(back, 'es-stand-in');
  await back.getByRole('button', { name: 'No nombrar a nadie' }).click();
  await expect(back.getByRole('main')).toContainText('Ya no hay nadie nombrado.');
});
