-- A carer who shares in the patient's place: with clinicians, at most what the carer sees, as the patient allowed.

set local role chartkey_owner;

-- From here on nothing sensitive is reached: a birthday of a child.
alter table access_grant add column labels_until timestamptz;
create index access_grant_labels_until on access_grant (labels_until) where state = 'active' and labels_until is not null;

-- The labels that a grant reaches now.
create function gate.labels_now(given access_grant) returns smallint language sql stable
as $$ select case when given.labels_until <= now() then 0::smallint else given.labels end $$;

-- Whatever nobody but the patient gave rests on a grant that they did give.
alter table access_grant drop constraint access_grant_through;
alter table access_grant add constraint access_grant_through check ((parent_grant_id is null) = (made_by_account_id is null));
-- It stands beside what the patient has given the same people.
drop index access_grant_one_organization;
create unique index access_grant_one_organization on access_grant (patient_id, organization_id, professions, purpose)
    where state in ('active', 'paused') and grantee_account_id is null and parent_grant_id is null;

-- Whether the one who asks may pass on what it rests on, as this grant says: no more of it, no longer, and not to be passed on again. A
-- clinician does so to one named colleague, for the same purpose; whom nobody vouches for passes nothing on. A carer, who works nowhere,
-- chooses the purpose, and may name the professions of an organization.
create or replace function gate.is_passed_on(passed access_grant) returns boolean language plpgsql stable as $$
declare
    is_carer constant boolean not null := gate.organization() is null;
begin
    return passed.organization_id is not null and passed.made_by_account_id = gate.account()
        and case when passed.grantee_account_id is null then is_carer and cardinality(passed.professions) > 0
            else passed.grantee_account_id <> all (gate.accounts_of(gate.account())) and exists (select from clinician c
                where c.account_id = passed.grantee_account_id and c.organization_id = passed.organization_id) end
        and passed.state = 'active' and passed.starts_at = now() and passed.created_at = now()
        and not (passed.may_export or passed.may_write or passed.may_delegate)
        and not (not is_carer and gate.is_independent(gate.organization()))
        and not gate.is_blocked(passed.patient_id, gate.account(), gate.organization())
        and exists (select from access_grant g where g.patient_id = passed.patient_id and g.grant_id = passed.parent_grant_id
            and g.grantee_account_id = gate.account() and g.organization_id is not distinct from gate.organization()
            and g.may_delegate and g.made_by_account_id is null
            and g.state = 'active' and g.starts_at <= now() and (g.ends_at is null or now() < g.ends_at)
            and g.data_from is not distinct from passed.data_from and g.data_to is not distinct from passed.data_to
            and g.includes_new = passed.includes_new and passed.categories & ~g.categories = 0 and passed.labels & ~gate.labels_now(g) = 0
            and case when is_carer then passed.purpose in ('treatment', 'second-opinion', 'coordination') else g.purpose = passed.purpose end
            and passed.ends_at <= least(g.ends_at, now() + case when is_carer then interval '91 days' else interval '31 days' end));
end $$;

-- What any such grant rests on is one that allows it; the door alone reads these.
drop policy ground on access_grant;
create policy ground on access_grant for select using (
    patient_id = (select gate.patient()) and may_delegate and (select gate.account()) is not null
);

-- A carer who stops helping ends what they have shared, too.
create policy given_on on access_grant for select using (
    (select gate.task()) = 'give-back' and patient_id = (select gate.patient())
    and parent_grant_id is not null and made_by_account_id = (select gate.account())
);
drop policy give_back on access_grant;
create policy give_back on access_grant for update
    using (
        (select gate.task()) = 'give-back' and patient_id = (select gate.patient()) and state in ('active', 'paused')
        and case when parent_grant_id is null then organization_id is null and grantee_account_id = (select gate.account())
            else made_by_account_id = (select gate.account()) end
    )
    with check ((select gate.task()) = 'give-back' and state = 'withdrawn' and ended_at = now());

reset role;

grant execute on function gate.labels_now to chartkey_runtime;
