-- A block is of a clinician, in whatever account they sign in with.

set local role chartkey_owner;

create index clinician_identity_elsewhere on clinician (issuer, subject);
create index clinician_identifier on clinician (identifier) where identifier is not null;

-- Every account of the clinician whose account this is: one provider knows them by the same subject at two organizations, or two
-- organizations assert the same identifier of them. Never by name. What is no clinician's account is itself alone.
create function gate.accounts_of(account uuid) returns uuid[] language plpgsql stable as $$
begin
    return array(
        with recursive same as (
            select account as account_id
            union
            select t.account_id from same s join clinician c on c.account_id = s.account_id cross join lateral (
                select o.account_id from clinician o where (o.issuer, o.subject) = (c.issuer, c.subject)
                union all
                select o.account_id from clinician o where o.identifier = c.identifier) t
        )
        select same.account_id from same);
end $$;

-- Whether a patient has blocked a clinician, in any account of theirs, or everybody at an organization.
create function gate.is_blocked(patient uuid, account uuid, organization uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select from block b where b.patient_id = patient
        and (b.account_id = any (gate.accounts_of(account)) or b.organization_id = organization));
end $$;

drop policy door on block;
create policy door on block for select using (
    patient_id = (select gate.patient())
    or account_id = any ((select gate.accounts_of(gate.account()))::uuid[])
    or organization_id = (select gate.organization())
);

reset role;

grant execute on function gate.accounts_of, gate.is_blocked to chartkey_runtime;
