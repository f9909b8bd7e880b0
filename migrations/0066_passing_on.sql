-- A share that its clinician passes on to one colleague: less of it, and no longer than it lasts.

set local role chartkey_owner;

-- It stands beside what the patient has given that colleague.
drop index access_grant_one_person;
create unique index access_grant_one_person on access_grant (patient_id, grantee_account_id, organization_id, purpose)
    nulls not distinct where state in ('active', 'paused') and grantee_account_id is not null and parent_grant_id is null;
create index access_grant_parent on access_grant (patient_id, parent_grant_id) where parent_grant_id is not null;

-- Whether the one who asks may pass on what it rests on, as this grant says: to a named clinician, for the same purpose, no more of it,
-- no longer, and not to be passed on again. Whom nobody vouches for passes nothing on.
create function gate.is_passed_on(passed access_grant) returns boolean language plpgsql stable as $$
begin
    return passed.grantee_account_id is not null and passed.organization_id is not null and passed.professions is null
        and passed.grantee_account_id <> all (gate.accounts_of(gate.account())) and passed.made_by_account_id = gate.account()
        and exists (select from clinician c
            where c.account_id = passed.grantee_account_id and c.organization_id = passed.organization_id)
        and passed.state = 'active' and passed.starts_at = now() and passed.created_at = now()
        and not (passed.may_export or passed.may_write or passed.may_delegate)
        and not gate.is_independent(gate.organization())
        and not gate.is_blocked(passed.patient_id, gate.account(), gate.organization())
        and exists (select from access_grant g where g.patient_id = passed.patient_id and g.grant_id = passed.parent_grant_id
            and g.grantee_account_id = gate.account() and g.organization_id = gate.organization()
            and g.may_delegate and g.made_by_account_id is null
            and g.state = 'active' and g.starts_at <= now() and (g.ends_at is null or now() < g.ends_at)
            and g.data_from is not distinct from passed.data_from and g.data_to is not distinct from passed.data_to
            and g.includes_new = passed.includes_new and g.purpose = passed.purpose and passed.categories & ~g.categories = 0 and passed.labels & ~g.labels = 0
            and passed.ends_at <= least(g.ends_at, now() + interval '31 days'));
end $$;

create policy pass_on on access_grant for insert with check (
    (select gate.task()) = 'pass-on' and patient_id = (select gate.patient()) and gate.is_passed_on(access_grant)
);
-- Whoever has passed something on sees that it was, and takes it back.
create policy passed_on on access_grant for select using (
    parent_grant_id is not null and made_by_account_id = (select gate.account()) and (select gate.task()) = 'pass-on'
);
create policy take_back on access_grant for update
    using (
        (select gate.task()) = 'pass-on' and patient_id = (select gate.patient())
        and parent_grant_id is not null and made_by_account_id = (select gate.account()) and state in ('active', 'paused')
    )
    with check ((select gate.task()) = 'pass-on' and state = 'withdrawn' and ended_at = now());
-- A check of one task is none of another's.
drop policy emergency_over on access_grant;
create policy emergency_over on access_grant for update
    using (
        (select gate.task()) = 'emergency' and patient_id = (select gate.patient()) and purpose = 'emergency'
        and grantee_account_id = (select gate.account()) and state in ('active', 'paused') and ends_at <= now()
    )
    with check ((select gate.task()) = 'emergency' and state = 'replaced');
drop policy give_back on access_grant;
create policy give_back on access_grant for update
    using (
        (select gate.task()) = 'give-back' and patient_id = (select gate.patient())
        and organization_id is null and grantee_account_id = (select gate.account()) and state in ('active', 'paused')
    )
    with check ((select gate.task()) = 'give-back' and state = 'withdrawn' and ended_at = now());

reset role;

grant execute on function gate.is_passed_on to chartkey_runtime;
