-- "Ask the patient before prescribing": the one thing that a patient can have said of what is not shown.

set local role chartkey_owner;

-- Who has chosen it is here.
create table asks_first (
    patient_id uuid primary key references patient,
    chosen_at timestamptz not null default now()
);
alter table asks_first enable row level security;
alter table asks_first force row level security;
create policy own on asks_first for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy door on asks_first for select using (patient_id = (select gate.patient()));

-- Chosen no more, it must not be said again by a restored database.
create function gate.journal_asks_first() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'asks-first', 'patient', coalesce(new.patient_id, old.patient_id), 'in_force', tg_op = 'INSERT'));
    return null;
end $$;
create trigger journal after insert or delete on asks_first for each row execute function gate.journal_asks_first();

-- Of what whoever prescribes asks for the door counts: problems, medicines and allergies.
drop policy door on item_total;
create policy door on item_total for select using (patient_id = (select gate.patient()) and category in (2, 3, 4));

-- As before, and whether the reader is to ask first: any of those is kept from them, whatever keeps it.
drop function gate.decide(bigint[], timestamptz[], int, timestamptz[], int, uuid[], uuid[], int[], smallint, bigint[]);
create function gate.decide(
    cells bigint[], breaks timestamptz[], side int, added_breaks timestamptz[], depth int,
    singled uuid[], named uuid[], named_versions int[], label_table smallint, named_labels bigint[] default '{}',
    out full_name text, out birth_date text, out sex text, out asks_first boolean
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
            select count(*) from item i where i.patient_id = p.patient_id and i.category in (2, 3, 4) and not i.is_error and not i.is_negation)
    into full_name, birth_date, sex, asks_first
    from patient p where p.patient_id = gate.patient();
end $$;

reset role;

grant select, insert, delete on asks_first to chartkey_runtime;
grant select on asks_first to chartkey_backup;
grant execute on function gate.decide to chartkey_runtime;
