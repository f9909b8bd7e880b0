-- A death that was reported of a patient: from then on nothing of their record is changed, and what was shared ends.

set local role chartkey_owner;

create table death_report (
    patient_id uuid primary key references patient,
    reported_at timestamptz not null default now()
);
alter table death_report enable row level security;
alter table death_report force row level security;
create policy door on death_report for select using (patient_id = (select gate.patient()));
create policy operator on death_report for all
    using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');
-- Whoever holds the record says that it is wrong.
create policy undo on death_report for delete using (patient_id = (select gate.own_patient()));

-- As before, and when a death was reported.
drop function gate.enter(uuid, uuid);
create function gate.enter(
    account uuid, patient uuid,
    out own boolean, out at timestamptz, out full_name text, out birth_date text, out sex text, out death_reported_at timestamptz
) language plpgsql volatile as $$
begin
    perform set_config('chartkey.account', account::text, true),
            set_config('chartkey.patient', patient::text, true),
            set_config('chartkey.own', '', true),
            set_config('chartkey.cells', '', true);
    own := exists (select from patient_holder h where h.patient_id = patient and h.account_id = account);
    at := now();
    if own then
        perform set_config('chartkey.own', 'on', true);
        select p.full_name, p.birth_date, p.sex, d.reported_at into full_name, birth_date, sex, death_reported_at
        from patient p left join death_report d on d.patient_id = p.patient_id where p.patient_id = patient;
    end if;
end $$;

-- As before, and when a death was reported.
drop function gate.decide(bigint[], timestamptz[], int, timestamptz[], int, uuid[], uuid[], int[], smallint, bigint[]);
create function gate.decide(
    cells bigint[], breaks timestamptz[], side int, added_breaks timestamptz[], depth int,
    singled uuid[], named uuid[], named_versions int[], label_table smallint, named_labels bigint[] default '{}',
    out full_name text, out birth_date text, out sex text, out asks_first boolean, out death_reported_at timestamptz
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
            set_config('chartkey.named_labels', named_labels::text, true),
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
    select p.full_name, p.birth_date, p.sex,
        exists (select from asks_first a where a.patient_id = p.patient_id)
        and (select coalesce(sum(t.items - t.negations), 0) from item_total t where t.patient_id = p.patient_id and t.category in (2, 3, 4)) <> (
            select count(*) from item i where i.patient_id = p.patient_id and i.category in (2, 3, 4) and not i.is_error and not i.is_negation),
        (select d.reported_at from death_report d where d.patient_id = p.patient_id)
    into full_name, birth_date, sex, asks_first, death_reported_at
    from patient p where p.patient_id = gate.patient();
end $$;

reset role;

grant select, insert, delete on death_report to chartkey_runtime;
grant select on death_report to chartkey_backup;
grant execute on function gate.enter, gate.decide to chartkey_runtime;
