import { expect, signInAt, signOut, test } from '../house/test.ts';

test('a clinician signs in where they work, at whichever organization', { tag: '@no-script' }, async ({ page, house }) => {
  for (const [organization, name] of house.organizations.map((one) => [one, one.accounts[0]] as const)) {
    await signInAt(page, organization, name?.username ?? '');
    await expect(page).toHaveURL(`${house.url}/shared`);
    await page.goto('/account');
    await expect(page.getByRole('main')).toContainText(name?.name ?? '');
    await expect(page.getByRole('main')).toContainText(organization.name);
    await signOut(page);
  }
});

test('somebody without a mapped profession gets no account', { tag: '@no-script' }, async ({ page, house, sql }) => {
  const [riverside] = house.organizations;
  if (!riverside) throw new Error('no organization');
  await signInAt(page, riverside, 'reception');
  await expect(page).not.toHaveURL(/\/shared/);
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  expect(sql(`select 1 from clinician where subject = 'riverside-3'`)).toEqual([]);
});

test('two people of one name at two organizations are two people', async ({ browser, house, sql }) => {
  for (const organization of house.organizations) {
    const page = await browser.newPage({ baseURL: house.url });
    await signInAt(page, organization, 'lee');
    await expect(page).toHaveURL(`${house.url}/shared`);
    await page.close();
  }
  expect(sql(`select count(distinct account_id) from clinician where subject in ('riverside-1', 'northgate-2')`)).toEqual(['2']);
});

test('sign-in goes on after the provider changed its key', async ({ page, house }) => {
  const northgate = house.organizations[1];
  if (!northgate) throw new Error('no organization');
  await signInAt(page, northgate, 'lindqvist');
  await signOut(page);
  const keys = async () => JSON.stringify(await (await fetch(`${northgate.issuer}/jwks`)).json());
  const before = await keys();
  process.kill(northgate.pid, 'SIGUSR2');
  await expect.poll(keys).not.toBe(before);
  await signInAt(page, northgate, 'lindqvist');
  await expect(page).toHaveURL(`${house.url}/shared`);
});
