-- A block is of a clinician, in whatever account they sign in with.

set local role chartkey_owner;

create index clinician_identity_elsewhere on clinician (issuer, subject);
create index clinician_identifier on clinician (identifier) where identifier is not null;

-- Every account of the clinician whose account this is: one provider knows them by the same subject at two organizations, or two
-- organizations assert the same identifier of them. Never by name. What is no clinician's account is itself alone.
create function gate.accounts_of(account uuid) returns uuid[] language plpgsql stable as $$
begin
    return array(
        select t.account_id from clinician c join clinician t on (t.issuer, t.subject) = (c.issuer, c.subject) where c.account_id = account
        union
        select t.account_id from clinician c join clinician t on t.identifier = c.identifier where c.account_id = account
    ) || account;
end $$;

drop policy door on block;
create policy door on block for select using (
    patient_id = (select gate.patient())
    or account_id = any ((select gate.accounts_of(gate.account()))::uuid[])
    or organization_id = (select gate.organization())
);

reset role;

grant execute on function gate.accounts_of to chartkey_runtime;
