-- Where a record comes from: what each import brought to it, files that its patient adds, and
-- taking one of them back.

set local role chartkey_owner;

-- What an import brought to one record, as its patient may read it. A file of a clinic is about
-- many people: what is counted here is this one's alone, and no name of a file is.
create table delivery (
    patient_id uuid not null,
    import_id uuid not null,
    source_id uuid not null,
    -- `added_at` of all that it brought.
    at timestamptz not null,
    added int not null,
    changed int not null,
    older int not null,
    unchanged int not null,
    not_understood int not null,
    -- Of a file of the patient's own: what was not understood, where and why.
    notes jsonb not null default '[]',
    -- Its patient added it, and may take it back.
    is_own boolean not null default false,
    undone_at timestamptz,
    primary key (patient_id, import_id)
);

-- What came before this table was there, read before anything is locked. How much came again
-- unchanged nobody wrote down.
select set_config('chartkey.task', 'import', true);
insert into delivery (patient_id, import_id, source_id, at, added, changed, older, unchanged, not_understood)
select v.patient_id, v.import_id, i.source_id, i.started_at,
    count(*) filter (where v.version_no = 1), count(*) filter (where v.version_no > 1), 0, 0, 0
from item_version v join import i using (import_id)
group by v.patient_id, v.import_id, i.source_id, i.started_at;
select set_config('chartkey.task', '', true);

alter table delivery
    add foreign key (patient_id) references patient,
    add foreign key (import_id) references import,
    add foreign key (source_id) references source;
create index delivery_source on delivery (patient_id, source_id, at desc);

-- A file that a patient adds. Its bytes are kept before it is acknowledged, and read afterwards.
create table upload (
    import_id uuid primary key,
    patient_id uuid not null references patient,
    file_name text not null,
    bytes bigint not null,
    -- asking: it says that it is about somebody else.
    state text not null default 'waiting'
        constraint upload_state check (state in ('waiting', 'reading', 'asking', 'done', 'failed', 'discarded')),
    -- Its patient has said that it is about them.
    is_confirmed boolean not null default false,
    -- Who added it, as events name them.
    who jsonb not null,
    added_at timestamptz not null default clock_timestamp(),
    -- Whoever reads it gives a sign of life here.
    seen_at timestamptz,
    tries smallint not null default 0,
    done int not null default 0,
    total int,
    -- What it asks, or why it failed.
    said jsonb
);
create index upload_patient on upload (patient_id, added_at desc);
create index upload_work on upload (added_at) where state in ('waiting', 'reading');

create table upload_piece (
    import_id uuid not null references upload on delete cascade,
    patient_id uuid not null,
    place int not null,
    bytes bytea not null,
    primary key (import_id, place)
);

-- What a file of a patient's changed, as it was before: to take it back exactly.
create table item_before (
    patient_id uuid not null,
    import_id uuid not null references import,
    item_id uuid not null,
    -- 'item' or 'attachment', the row, its references, and the texts that it is found by.
    kind text not null,
    was jsonb not null,
    refs jsonb not null,
    shown text,
    kept text,
    primary key (patient_id, import_id, item_id)
);

-- What a file of a patient's brought again as it was: where an earlier file that brought it first is
-- taken back, it stays, and is this file's from then on.
create table item_again (
    patient_id uuid not null,
    import_id uuid not null references import,
    item_id uuid not null,
    primary key (patient_id, import_id, item_id)
);

alter table delivery enable row level security;
alter table delivery force row level security;
alter table upload enable row level security;
alter table upload force row level security;
alter table upload_piece enable row level security;
alter table upload_piece force row level security;
alter table item_before enable row level security;
alter table item_before force row level security;
alter table item_again enable row level security;
alter table item_again force row level security;

create policy own on delivery for select using (patient_id = (select gate.own_patient()));
create policy import on delivery for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy own on upload for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy import on upload for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy own on upload_piece for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy import on upload_piece for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy own on item_before for select using (patient_id = (select gate.own_patient()));
create policy own on item_again for select using (patient_id = (select gate.own_patient()));
create policy import on item_again for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy import on item_before for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

-- An import that its patient took back: the same file may come again.
alter table import add column undone_at timestamptz;

-- A version that was taken back is seen by nobody. It stays, so that its number is never given
-- again: what named it names nothing.
alter table item_version add column withdrawn_at timestamptz;

drop policy own on item_version;
create policy own on item_version for select using (patient_id = (select gate.own_patient()) and withdrawn_at is null);
drop policy shared on item_version;
create policy shared on item_version for select using (
    patient_id = (select gate.shared_patient())
    and withdrawn_at is null
    and coalesce(
        (select i.version_no = item_version.version_no from item i
            where i.patient_id = item_version.patient_id and i.item_id = item_version.item_id),
        (select a.version_no = item_version.version_no from attachment a
            where a.patient_id = item_version.patient_id and a.item_id = item_version.item_id),
        false)
);
drop policy export on item_version;
create policy export on item_version for select
    using ((select gate.task()) = 'export' and patient_id = (select gate.patient()) and withdrawn_at is null);

-- The import that can be taken back, while it runs.
create function gate.undoable() returns uuid language sql stable
as $$ select nullif(current_setting('chartkey.undoable', true), '')::uuid $$;

-- Keeps a row as it was before this import first changed it, whatever changes it: a newer version,
-- a label of something that it names, a report that lists it. Of what the import itself brought,
-- nothing was before.
create function keep_before() returns trigger language plpgsql as $$
begin
    insert into item_before (patient_id, import_id, item_id, kind, was, refs, shown, kept)
    select old.patient_id, i.import_id, old.item_id, tg_table_name, to_jsonb(old),
        coalesce((select jsonb_agg(to_jsonb(r)) from item_reference r where r.patient_id = old.patient_id and r.item_id = old.item_id), '[]'),
        (select p.words from phrase p where p.patient_id = old.patient_id and p.phrase_id = old.shown_id),
        (select p.words from phrase p where p.patient_id = old.patient_id and p.phrase_id = old.kept_id)
    from import i where i.import_id = gate.undoable() and old.added_at <> i.started_at
    on conflict do nothing;
    return new;
end $$;
create trigger keep_before before update on item for each row
    when (current_setting('chartkey.undoable', true) <> '') execute function keep_before();
create trigger keep_before before update on attachment for each row
    when (current_setting('chartkey.undoable', true) <> '') execute function keep_before();

create function count_gone_items() returns trigger language plpgsql as $$
begin
    update item_total t set items = t.items - g.items, negations = t.negations - g.negations
    from (select patient_id, category, count(*) as items, count(*) filter (where is_negation) as negations
        from removed where not is_error group by patient_id, category) g
    where t.patient_id = g.patient_id and t.category = g.category;
    return null;
end $$;
create trigger count_gone after delete on item referencing old table as removed for each statement execute function count_gone_items();

-- The things of a record that an import brought or changed.
create function gate.touched(patient uuid, import uuid) returns setof uuid language sql stable as $$
    select v.item_id from item_version v where v.patient_id = patient and v.import_id = import and v.withdrawn_at is null
    union
    select b.item_id from item_before b where b.patient_id = patient and b.import_id = import
$$;

-- Which later file of the patient's brought a thing again as it was; the first of them.
create function gate.kept_by(patient uuid, import uuid, item uuid) returns uuid language sql stable as $$
    select a.import_id
    from item_again a
    join delivery d on d.patient_id = a.patient_id and d.import_id = a.import_id
    join delivery u on u.patient_id = a.patient_id and u.import_id = import
    where a.patient_id = patient and a.item_id = item and d.undone_at is null and d.at > u.at
    order by d.at limit 1
$$;

-- What goes, or goes back, where an import is taken back.
create function gate.goes(patient uuid, import uuid) returns setof uuid language sql stable as $$
    select t.item_id from gate.touched(patient, import) t (item_id) where gate.kept_by(patient, import, t.item_id) is null
$$;

-- Puts rows back as they were. The columns are those of the table, whatever it has got since.
create function gate.put_back(target regclass, patient uuid, import uuid) returns void language plpgsql volatile as $$
declare
    columns text := (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = target and a.attnum > 0 and not a.attisdropped and a.attgenerated = '');
begin
    execute format('insert into %1$s (%2$s) select %2$s from (
        select (jsonb_populate_record(null::%1$s, b.was)).* from item_before b
        where b.patient_id = $1 and b.import_id = $2 and b.kind = $3) was', target, columns)
    using patient, import, target::text;
end $$;

-- Takes back what an import brought to a record: what was new is gone, and what it changed is as it
-- was before. As the task 'import', in the record that is open; the caller has made sure that
-- nothing later rests on it, and works out afresh what follows from the rest.
create function gate.take_back(patient uuid, import uuid) returns void language plpgsql volatile as $$
declare
    things uuid[] := array(select gate.goes(patient, import));
begin
    with kept as materialized (
        select t.item_id, gate.kept_by(patient, import, t.item_id) as by from gate.touched(patient, import) t (item_id)
        where not t.item_id = any (things)
    ), versions as (
        update item_version v set import_id = k.by from kept k
        where v.patient_id = patient and v.item_id = k.item_id and v.import_id = import and v.withdrawn_at is null
        returning v.import_id
    ), before as (
        update item_before b set import_id = k.by from kept k
        where b.patient_id = patient and b.item_id = k.item_id and b.import_id = import
    )
    update delivery d set added = d.added + m.things, unchanged = greatest(d.unchanged - m.things, 0)
    from (select import_id, count(*) as things from versions group by import_id) m
    where d.patient_id = patient and d.import_id = m.import_id;
    update item_version v set withdrawn_at = now() where v.patient_id = patient and v.import_id = import and v.withdrawn_at is null;
    delete from item_reference r where r.patient_id = patient and r.item_id = any (things);
    delete from item i where i.patient_id = patient and i.item_id = any (things);
    delete from attachment a where a.patient_id = patient and a.item_id = any (things);
    perform gate.put_back('item', patient, import), gate.put_back('attachment', patient, import);
    insert into item_reference
    select (jsonb_populate_record(null::item_reference, r.was)).*
    from item_before b cross join lateral jsonb_array_elements(b.refs) r (was)
    where b.patient_id = patient and b.import_id = import;
    insert into phrase (patient_id, phrase_id, words)
    select b.patient_id, p.phrase_id, p.words
    from item_before b
    cross join lateral (values ((b.was ->> 'shown_id')::uuid, b.shown), ((b.was ->> 'kept_id')::uuid, b.kept)) p (phrase_id, words)
    where b.patient_id = patient and b.import_id = import and p.words is not null
    on conflict do nothing;
    -- A report that went lists nothing any more.
    update item i set report_id = null where i.patient_id = patient and i.report_id = any (things)
        and not exists (select from item d where d.patient_id = patient and d.item_id = i.report_id);
    delete from item_before b where b.patient_id = patient and b.import_id = import;
    update import m set undone_at = now() where m.import_id = import;
    update delivery d set undone_at = now() where d.patient_id = patient and d.import_id = import;
end $$;

-- What was taken back must not come back with a restored database.
create function gate.journal_undone() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'undone', 'patient', new.patient_id, 'import', new.import_id));
    return null;
end $$;
create trigger journal after update of undone_at on delivery for each row
    when (old.undone_at is null and new.undone_at is not null) execute function gate.journal_undone();

reset role;

grant execute on function gate.undoable, gate.touched, gate.kept_by, gate.goes, gate.put_back, gate.take_back to chartkey_runtime;
grant select, insert, update on delivery to chartkey_runtime;
grant select, insert, update, delete on upload to chartkey_runtime;
grant select, insert, delete on upload_piece, item_before, item_again to chartkey_runtime;
grant update (import_id) on item_before to chartkey_runtime;
grant update (withdrawn_at, import_id) on item_version to chartkey_runtime;
grant delete on item, attachment to chartkey_runtime;
grant select on delivery, upload, upload_piece, item_before, item_again to chartkey_backup;
