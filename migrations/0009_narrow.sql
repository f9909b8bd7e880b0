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

-- Whether any allergy is kept from the reader: then nothing tells them that there is
-- none. Only gate.decide can say that nothing is.
create function gate.keeps_allergies() returns boolean language sql stable
as $$ select current_setting('chartkey.keeps_allergies', true) is distinct from 'none' $$;

-- The door alone counts.
create policy door on item_total for select using (patient_id = (select gate.patient()) and category = 4);

-- As before, with the days of each source's own clock, which are those that pages
-- show, and with the last clause of rule 11.
drop policy shared on item;
create policy shared on item for select using (
    patient_id = (select gate.shared_patient())
    and not is_private
    and labelled_by = (select gate.label_table())
    and not (is_negation and (select gate.keeps_allergies()))
    and (
        ((((select gate.cells())[
            (((category - 1) * (select gate.side())
                + coalesce(1 + width_bucket(first_at + coalesce(utc_offset, 0) * interval '1 minute', (select gate.breaks())), 0)) * (select gate.side())
                + coalesce(1 + width_bucket(last_at + coalesce(utc_offset, 0) * interval '1 minute', (select gate.breaks())), 0)) * (select gate.depth())
                + width_bucket(added_at, (select gate.added_breaks())) + 1
        ] >> labels::int) & 1) <> 0 and item_id not in (select unnest(gate.singled())))
        or (item_id, version_no) in (select * from unnest(gate.named(), gate.named_versions()))
    )
);

create or replace function gate.decide(
    cells bigint[], breaks timestamptz[], side int, added_breaks timestamptz[], depth int,
    singled uuid[], named uuid[], named_versions int[], label_table smallint,
    out full_name text, out birth_date text, out sex text
) language plpgsql volatile as $$
begin
    perform set_config('chartkey.asked', '', true),
            set_config('chartkey.cells', cells::text, true),
            set_config('chartkey.breaks', breaks::text, true),
            set_config('chartkey.side', side::text, true),
            set_config('chartkey.added_breaks', added_breaks::text, true),
            set_config('chartkey.depth', depth::text, true),
            set_config('chartkey.singled', singled::text, true),
            set_config('chartkey.named', named::text, true),
            set_config('chartkey.named_versions', named_versions::text, true),
            set_config('chartkey.label_table', label_table::text, true),
            set_config('chartkey.keeps_allergies', '', true);
    -- One statement, so that both sides are of one moment.
    if not exists (
        select from item_total t where t.patient_id = gate.patient() and t.category = 4 and t.negations > 0
            and t.items - t.negations <> (
                select count(*) from item i where i.patient_id = gate.patient() and i.category = 4 and not i.is_error and not i.is_negation)
    ) then
        perform set_config('chartkey.keeps_allergies', 'none', true);
    end if;
    select p.full_name, p.birth_date, p.sex into full_name, birth_date, sex from patient p where p.patient_id = gate.patient();
end $$;

reset role;

grant execute on function gate.profession, gate.selector, gate.keeps_allergies to chartkey_runtime;
