-- Policies as narrow as the rule: a grant to professions is seen by those who
-- have one of them, and a code by whoever typed its first letters.

set local role chartkey_owner;

create function gate.profession() returns text language sql stable
as $$ select profession from clinician where account_id = gate.account() $$;

-- The first letters of the code that is being redeemed.
create function gate.selector() returns text language sql stable
as $$ select nullif(current_setting('chartkey.selector', true), '') $$;

drop policy grantee on access_grant;
create policy grantee on access_grant for select using (
    grantee_account_id = (select gate.account())
    or (grantee_account_id is null and organization_id = (select gate.organization()) and (select gate.profession()) = any (professions))
);

drop policy redeem on grant_code;
create policy redeem on grant_code for all
    using ((select gate.task()) = 'redeem' and selector = (select gate.selector()))
    with check ((select gate.task()) = 'redeem' and selector = (select gate.selector()));

reset role;

grant execute on function gate.profession, gate.selector to chartkey_runtime;
