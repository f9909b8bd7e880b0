// Somebody with an account of their own helps a patient: by a code, confirmed, seen at work, on top of the first page, ended.
import { claim, letHelp } from '../house/journey.ts';
import { expect, expectAccessible, field, look, newPerson, signInAt, signUp, speak, test } from '../house/test.ts';

test('somebody helps with an account of their own, until it is ended in one step', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  const son = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.name !== 'no-script' })).newPage();
  const helper = newPerson();
  await signUp(son, mail, helper);

  // Two questions, and a code.
  await page.goto('/sharing');
  await page.getByRole('link', { name: 'People who help you' }).click();
  await expect(page.getByRole('main')).toContainText('Nobody helps you with your record.');
  await look(page, 'carers-none');
  await page.getByRole('button', { name: 'Let somebody help you' }).click();
  await expect(page.getByRole('main')).toContainText('question 1 of 2');
  await page.getByRole('link', { name: 'Back' }).click();
  await page.waitForURL('**/sharing/carers');
  await page.getByRole('button', { name: 'Let somebody help you' }).click();
  for (const part of ['Medicines', 'Results']) await page.getByRole('checkbox', { name: part }).check();
  await look(page, 'carers-what');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('checkbox', { name: /write/i })).toHaveCount(0);
  await page.getByRole('radio', { name: 'Until I stop it' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('.grant .sentence')).toContainText('Whoever uses your code to help you');
  await look(page, 'carers-check');
  await page.getByRole('button', { name: 'See as they will see' }).click();
  await expect(page.locator('.eyes').first()).toContainText('whoever uses your code to help you');
  await look(page, 'carers-preview');
  await page.getByRole('link', { name: 'Back to your answers' }).click();
  await page.getByRole('button', { name: 'Make the code' }).click();
  await page.waitForURL('**/sharing/codes');
  const code = await page.locator('.code strong').innerText();
  await look(page, 'carers-code');

  // The other one types it; nothing opens before it is confirmed.
  await son.goto('/home');
  await son.getByRole('link', { name: 'See whom you help, or use a code' }).click();
  await expect(son.getByRole('main')).toContainText('Nobody lets you see their record now.');
  await son.getByRole('link', { name: 'Use a code' }).click();
  await look(son, 'carers-redeem');
  await field(son, 'Code').fill('ABCD-EFGH-JKL');
  await son.getByRole('button', { name: 'Use a code' }).click();
  await expect(son.getByRole('alert')).toBeVisible();
  await field(son, 'Code').fill(code);
  await son.getByRole('button', { name: 'Use a code' }).click();
  await expect(son.getByRole('main')).toContainText('They have not confirmed yet.');
  await look(son, 'carers-waits');
  expect((await son.request.get(`/record/${record}/results`)).status()).toBe(404);
  await page.goto('/home');
  await page.getByRole('link', { name: /code/ }).first().click();
  await expect(page.getByRole('main')).toContainText(helper.email);
  await look(page, 'carers-confirm');
  await page.getByRole('button', { name: 'Give this key' }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await expect(page.locator('.grant .sentence')).toContainText(`${helper.name}, who helps you, can see your medicines and results`);

  // They see what was chosen, and no more.
  await son.goto('/shared');
  await look(son, 'carers-list');
  await son.getByRole('link', { name: /^Open/ }).click();
  await son.waitForURL(`**/record/${record}`);
  await look(son, 'carers-record');
  await son.goto(`/record/${record}/results`);
  await expect(son.locator('li.result').first()).toBeVisible();
  await look(son, 'carers-results');
  await son.goto(`/record/${record}/problems`);
  await expect(son.getByRole('main')).toContainText('Not shared with you');
  for (const path of ['/timeline', '/medicines', '/visits', '/search']) {
    expect((await son.goto(`/record/${record}${path}`))?.status(), path).toBe(200);
    if (info.project.name !== 'no-script') await expectAccessible(son);
  }
  await son.goto('/shared');
  await son.getByRole('link', { name: /^Who has looked/ }).click();
  await expect(son.getByRole('main')).toContainText('You opened results');
  await look(son, 'carers-own-log');
  for (const path of ['/sharing', '/activity', '/sources']) expect(await (await son.request.get(path)).text(), path).not.toContain('Sanford');

  // It stands in the log and on the first page, where one step ends it.
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText(helper.name);
  await look(page, 'carers-log');
  await page.goto('/sharing/carers');
  await expect(page.getByRole('main')).toContainText(helper.name);
  await look(page, 'carers-one');
  await page.goto('/home');
  await expect(page.getByRole('main')).toContainText('Somebody new can help you');
  await look(page, 'carers-home');
  await son.goto(`/record/${record}/results`);
  await page.getByRole('button', { name: 'End it now' }).click();
  await page.waitForURL('**/sharing/**');
  if (info.project.name !== 'no-script') {
    await expect(son.locator('#cover')).toBeVisible();
    await look(son, 'carers-covered');
  }
  expect((await son.request.get(`/record/${record}/results`)).status()).toBe(404);
  await page.goto('/home');
  await expect(page.getByRole('main')).not.toContainText('Somebody new can help you');
  if (info.project.name === 'no-script') return;
  for (const [of, path, words] of [[page, '/sharing/carers', 'Personas que le ayudan'], [son, '/shared', 'Personas a quienes ayuda'], [son, '/redeem', 'Usar un código']] as const) {
    await speak(of, 'es');
    await of.goto(path);
    await expect(of.getByRole('heading', { level: 1 })).toHaveText(words);
    await look(of, `es-carers${path.replaceAll('/', '-')}`);
  }
});

test('whoever helps stops by themselves, and the patient is told', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  const son = await (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.name !== 'no-script' })).newPage();
  const helper = newPerson();
  await signUp(son, mail, helper);
  const first = await letHelp(page, son);
  // Changed like any share, without another code.
  await page.goto(first);
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.waitForURL('**step=check');
  await page.locator('.facts div, .row', { hasText: 'What' }).getByRole('link', { name: /^Change/ }).first().click();
  await page.getByRole('checkbox', { name: 'Medicines' }).uncheck();
  for (const next of ['Continue', 'Continue', 'Give this key']) await page.getByRole('button', { name: next }).click();
  await page.waitForURL('**/sharing/*?done=given');
  await expect(page.locator('.grant .sentence')).toContainText(`${helper.name}, who helps you, can see your results`);
  const given = page.url().replace(/\?.*/, '');

  await son.goto('/shared');
  await look(son, 'carers-may-stop');
  await son.getByRole('button', { name: /^Stop helping/ }).click();
  await expect(son.getByRole('main')).toContainText('You see nothing of their record any more.');
  await look(son, 'carers-stopped');
  expect((await son.request.get(`/record/${record}/results`)).status()).toBe(404);
  await page.goto(given);
  await expect(page.getByRole('main')).toContainText('They stopped helping you');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText('stopped helping');
});

test('whoever helps shares in the place of the patient, who is told and ends it', { tag: ['@desktop', '@no-script'] }, async ({ page, house, mail, chartkeyOk, sql, browser }, info) => {
  const visit = async () => (await browser.newContext({ baseURL: house.url, viewport: page.viewportSize(), javaScriptEnabled: info.project.name !== 'no-script' })).newPage();
  const record = await claim(page, 'synthea/typical-adult-sanford.json', { house, mail, chartkeyOk, sql });
  const [son, doctor] = [await visit(), await visit()];
  const [riverside] = house.organizations;
  if (!riverside) throw new Error('no organization');
  await signInAt(doctor, riverside, 'lee');
  await expect(doctor).toHaveURL(`${house.url}/shared`);
  const helper = newPerson();
  await signUp(son, mail, helper);
  const help = await letHelp(page, son, true);
  await expect(page.locator('.grant .sentence')).toContainText('They may share it, or part of it, with clinicians in your place; you are told.');

  // What, to whom, what for and how long.
  await son.goto('/shared');
  await look(son, 'carers-can-share');
  await son.getByRole('link', { name: /^Share in their place/ }).click();
  await son.waitForURL('**/pass-on');
  const sharing = son.url();
  await look(son, 'carers-share');
  await son.getByRole('checkbox', { name: 'Results' }).check();
  await son.getByRole('button', { name: 'Share in their place' }).click();
  await expect(son.getByRole('alert')).toContainText('Choose who may see something.');
  await expect(son.getByRole('checkbox', { name: 'Results' }), 'what was chosen is there still').toBeChecked();
  await look(son, 'carers-share-problem');
  const lee = son.locator('.choice', { hasText: 'Riverside' }).filter({ hasText: 'Dr Ada Lee' });
  await lee.getByRole('radio').check();
  await son.getByRole('button', { name: 'Share in their place' }).click();
  await son.waitForURL('**?done=passed');
  await expect(son.locator('.grant .sentence').last()).toHaveText(
    new RegExp(`Dr Ada Lee at Riverside Family Practice can see your results, for treatment, until .* Shared by ${helper.name}, who helps you\\.$`),
  );
  await look(son, 'carers-shared');
  await lee.getByRole('radio').check();
  await son.getByRole('checkbox', { name: 'Medicines' }).check();
  await son.getByRole('button', { name: 'Share in their place' }).click();
  await expect(son.getByRole('alert')).toContainText('You share with them for this purpose already.');

  // The doctor reads that and nothing else; the patient reads that they do.
  await doctor.goto('/shared');
  const [shared = ''] = sql(`select grant_id from access_grant where patient_id = '${record}' and parent_grant_id is not null and state = 'active'`);
  const opened = doctor.locator('form', { has: doctor.locator(`[value="${shared}"]`) });
  await opened.getByRole('button').click();
  await doctor.waitForURL(`**/record/${record}`);
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);
  await doctor.goto(`/record/${record}/medicines`);
  await expect(doctor.getByRole('main')).toContainText('Not shared with you');
  // Whoever helps reads what others looked at, as far as they may see it too, and nothing of what the patient does.
  await page.goto(`/record/${record}/results`);
  await son.goto(`/record/${record}/activity`);
  await expect(son.getByRole('listitem').filter({ hasText: 'Dr Ada Lee' }).first()).toContainText('opened results');
  await expect(son.getByRole('main')).toContainText("You shared part of the record in the patient’s place");
  await expect(son.getByRole('main').getByText('handed out a key')).toHaveCount(0);
  await look(son, 'carers-log-of-others');
  await page.goto('/home');
  await expect(page.getByRole('main')).toContainText('Somebody who helps you has shared your record');
  await look(page, 'carers-shared-home');
  await page.goto(help);
  await expect(page.getByRole('region', { name: 'Shared in your place' })).toContainText('Dr Ada Lee');
  await look(page, 'carers-shared-share');
  await page.getByRole('link', { name: /^Details.*Dr Ada Lee/ }).click();
  await expect(page.getByRole('main')).toContainText(`Part of what ${helper.name}, who helps you, sees`);
  await look(page, 'carers-shared-part');
  await page.goto('/activity');
  await expect(page.getByRole('main')).toContainText("shared part of the record in the patient's place");

  // Ended by whoever shared it; shared once more, and ended by the patient from their first page.
  await son.goto(sharing);
  await son.getByRole('button', { name: 'End it' }).click();
  await son.waitForURL('**?done=taken');
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(404);
  await son.getByRole('checkbox', { name: 'Results' }).check();
  await lee.getByRole('radio').check();
  await son.getByRole('button', { name: 'Share in their place' }).click();
  await son.waitForURL('**?done=passed');
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(200);
  await page.goto('/home');
  await page.locator('.notice', { hasText: 'has shared your record' }).getByRole('button', { name: 'End it now' }).click();
  await expect(page).toHaveURL(/done=withdrawn/);
  expect((await doctor.goto(`/record/${record}/results`))?.status()).toBe(404);

  if (info.project.name === 'no-script') return;
  await speak(son, 'es');
  await son.goto(`/record/${record}/activity`);
  await expect(son.getByRole('heading', { level: 1 })).toHaveText('Quién ha mirado');
  await look(son, 'es-carers-log-of-others');
  for (const [of, path, words] of [[son, sharing, 'Compartir en su lugar'], [page, help, 'Compartido en su lugar']] as const) {
    await speak(of, 'es');
    await of.goto(path);
    if (of === son) await expect(of.getByRole('heading', { level: 1 })).toHaveText(words);
    await look(of, `es-carers-share-${of === son ? 'helper' : 'patient'}`);
  }
});
