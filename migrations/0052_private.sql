-- What a patient keeps to themselves: an exclusion that names nobody is from everybody, in an emergency too (rule 5). As any exclusion it
-- binds whatever tells the same, also what comes later.

set local role chartkey_owner;

alter table exclusion drop constraint exclusion_from;
alter table exclusion add constraint exclusion_from check (account_id is null or organization_id is null);
create index exclusion_from_everybody on exclusion (patient_id, item_id) where account_id is null and organization_id is null;

-- What the patient who reads their own record keeps to themselves; nothing to anybody else, who sees none of it. A function of its own,
-- asked once a statement: a list that named the table would be planned with its policies for each row.
create function gate.kept_to_oneself() returns uuid[] language plpgsql stable as $$
begin
    return (select coalesce(array_agg(e.item_id), '{}') from exclusion e
        where e.patient_id = gate.own_patient() and e.account_id is null and e.organization_id is null);
end $$;

reset role;

grant execute on function gate.kept_to_oneself to chartkey_runtime;
