-- Whom a practice registers as a carer, of a child as a rule: by a code and the birth date, as a record is claimed.

set local role chartkey_owner;

-- What a carer is given by the code; without it the record is claimed.
alter table claim_code add column help jsonb;

create policy register on access_grant for insert with check (
    (select gate.task()) = 'sign-in' and purpose = 'coordination' and organization_id is null and professions is null
    and parent_grant_id is null and made_by_account_id is null and not may_write
    and state = 'active' and starts_at = now() and created_at = now()
    and (select true from claim_code c where c.patient_id = access_grant.patient_id and c.claimed_by = access_grant.grantee_account_id
        and c.claimed_at = now() and c.help is not null limit 1)
);

reset role;
