-- What begins then: a grant like any other, of the plan's scope, for 90 days at a time.

set local role chartkey_owner;

alter table access_grant drop constraint access_grant_purpose;
alter table access_grant add constraint access_grant_purpose
    check (purpose in ('treatment', 'second-opinion', 'coordination', 'other', 'emergency', 'incapacity'));
alter table access_grant add constraint access_grant_incapacity check (purpose <> 'incapacity'
    or (grantee_account_id is not null and organization_id is null and not may_export and not may_write));

-- The first moment after 90 days, which end with a day: what is shared of it for so many days ends no later.
create function gate.stand_in_end() returns timestamptz language sql stable
as $$ select ((now() at time zone 'UTC')::date + 91)::timestamp at time zone 'UTC' $$;

-- Whether a grant rests on nothing else, or on what it rests on: whoever helps no more, or not for now, does not stand in either.
create function gate.stands(given access_grant) returns boolean language plpgsql stable as $$
begin
    return given.purpose <> 'incapacity' or exists (select from access_grant g
        where g.patient_id = given.patient_id and g.grantee_account_id = given.grantee_account_id and g.organization_id is null
            and g.purpose <> 'incapacity' and g.state = 'active' and (g.ends_at is null or now() < g.ends_at));
end $$;

-- Whether the patient still lets somebody stand in as they did.
create function gate.is_decided(given access_grant) returns boolean language plpgsql stable as $$
begin
    return gate.stands(given) and exists (select from incapacity_plan p
        where p.patient_id = given.patient_id and p.account_id = given.grantee_account_id
            and p.categories = given.categories and p.labels = given.labels and p.may_delegate = given.may_delegate);
end $$;

-- Whether it is what the patient has decided, and begins because two people of one organization have said so.
create function gate.is_stand_in(given access_grant) returns boolean language plpgsql stable as $$
begin
    return given.purpose = 'incapacity' and given.parent_grant_id is null and given.made_by_account_id is null
        and given.data_from is null and given.data_to is null and given.includes_new and given.labels_until is null
        and given.state = 'active' and given.starts_at = now() and given.created_at = now()
        and given.ends_at = gate.stand_in_end()
        and not gate.is_independent(gate.organization())
        and gate.is_decided(given)
        and exists (select from incapacity_statement s where s.patient_id = given.patient_id and s.begun_at = now()
            and s.organization_id = gate.organization() and s.account_id = gate.account())
        and exists (select from incapacity_statement s where s.patient_id = given.patient_id and s.begun_at = now()
            and s.organization_id = gate.organization() and s.account_id <> all (gate.accounts_of(gate.account()))
            and not gate.is_blocked(s.patient_id, s.account_id, s.organization_id) and not gate.is_dismissed(s.account_id));
end $$;

create policy stand_in on access_grant for insert with check (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient()) and gate.is_stand_in(access_grant)
);
-- Nobody else begins one, the patient neither.
create policy stand_in_only on access_grant as restrictive for insert with check (
    purpose <> 'incapacity' or (select gate.task()) = 'incapacity'
);
-- Those who help, and what was shared of it.
create policy stand_in_look on access_grant for select using (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
    and (organization_id is null or parent_grant_id is not null)
);
-- It is reviewed, or ended, with what was shared of it, where it was begun.
create policy stand_in_goes_on on access_grant for update
    using (
        (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
        and (purpose = 'incapacity' or parent_grant_id is not null) and state in ('active', 'paused')
        and exists (select from incapacity_statement s where s.patient_id = access_grant.patient_id
            and (s.begun_at = access_grant.starts_at or (access_grant.parent_grant_id is not null and s.begun_at is not null)))
    )
    with check (state = 'withdrawn' or (purpose = 'incapacity' and ends_at = gate.stand_in_end() and gate.is_decided(access_grant)));

reset role;

grant execute on function gate.is_stand_in, gate.stand_in_end, gate.stands, gate.is_decided to chartkey_runtime;
