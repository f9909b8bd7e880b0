-- Whom a practice registers as a carer of a child: by a code and the birth date, as a record is claimed.

set local role chartkey_owner;

-- What a carer is given by the code; without it the record is claimed.
alter table claim_code add column help jsonb;

-- Whether a carer is given what the code was made for, and no more, just now: of a child who has no account.
create function gate.is_registered(given access_grant) returns boolean language plpgsql stable as $$
begin
    return given.purpose = 'coordination' and given.organization_id is null and given.professions is null
        and given.parent_grant_id is null and given.made_by_account_id is null and not (given.may_write or given.may_export)
        and given.data_from is null and given.data_to is null and given.includes_new
        and given.state = 'active' and given.starts_at = now() and given.created_at = now()
        and (given.labels = 0 or given.labels_until > now())
        and not exists (select from patient_holder h where h.patient_id = given.patient_id)
        and exists (select from claim_code c where c.patient_id = given.patient_id and c.claimed_by = given.grantee_account_id
            and c.claimed_at = now() and given.categories = (c.help ->> 'categories')::int
            and given.labels & ~(c.help ->> 'labels')::int = 0 and given.may_delegate = (c.help ->> 'may_delegate')::boolean
            and given.ends_at = (((c.help ->> 'until')::date + 1)::timestamp at time zone 'UTC'));
end $$;

create policy register on access_grant for insert with check (
    (select gate.task()) = 'sign-in' and organization_id is null and gate.is_registered(access_grant)
);
-- Whoever helps already is told so, and what is over by its date makes room.
create policy register_look on access_grant for select using ((select gate.task()) = 'sign-in' and organization_id is null);
create policy register_over on access_grant for update
    using (
        (select gate.task()) = 'sign-in' and organization_id is null and state in ('active', 'paused') and ends_at <= now()
        and (select true from claim_code c where c.patient_id = access_grant.patient_id
            and c.claimed_by = access_grant.grantee_account_id and c.claimed_at = now() limit 1)
    )
    with check ((select gate.task()) = 'sign-in' and state = 'replaced' and ended_at = now());

-- The operator ends what a practice has registered, and what was shared of it; and a birthday that was written wrong is put right.
create policy unregister on access_grant for update
    using (
        (select gate.task()) = 'operator' and (organization_id is null or parent_grant_id is not null) and state in ('active', 'paused')
    )
    with check ((select gate.task()) = 'operator');

reset role;

grant execute on function gate.is_registered to chartkey_runtime;
grant update (labels_until) on access_grant to chartkey_runtime;
