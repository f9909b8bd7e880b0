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
    -- Its patient added it, and may take it back. Until they show it, what rests on it is theirs alone.
    is_own boolean not null default false,
    shown_at timestamptz,
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
    -- 'item' or 'attachment', the row, and its references.
    kind text not null,
    was jsonb not null,
    refs jsonb not null,
    primary key (patient_id, import_id, item_id)
);

-- What a file of a patient's brought again as it was: it rests on the file that brought it first.
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
create policy own_shown on delivery for update
    using (patient_id = (select gate.own_patient()) and is_own and undone_at is null)
    with check (patient_id = (select gate.own_patient()) and is_own and undone_at is null);
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
    insert into item_before (patient_id, import_id, item_id, kind, was, refs)
    select old.patient_id, i.import_id, old.item_id, tg_table_name, to_jsonb(old),
        coalesce((select jsonb_agg(to_jsonb(r)) from item_reference r where r.patient_id = old.patient_id and r.item_id = old.item_id), '[]')
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
create function gate.changed(patient uuid, import uuid) returns setof uuid language sql stable as $$
    select v.item_id from item_version v where v.patient_id = patient and v.import_id = import and v.withdrawn_at is null
    union
    select b.item_id from item_before b where b.patient_id = patient and b.import_id = import
$$;

-- Later files of the patient's that rest on this one: they brought or changed the same things, brought
-- them again, name them, perhaps by way of a person or a medicine, or are listed by them. Files are taken
-- back newest first, as far as they touch one another; then nothing that stays can tell of what has gone.
create function gate.resting(patient uuid, import uuid) returns table (import_id uuid, at timestamptz) language sql stable as $$
    with recursive these (item_id) as (
        select c.item_id from gate.changed(patient, import) c (item_id)
        union
        select r.item_id from these join item_reference r on r.patient_id = patient and r.target_id = these.item_id
        where exists (select from attachment a where a.patient_id = patient and a.item_id = r.item_id)
    )
    select d.import_id, d.at from delivery d join delivery u on u.patient_id = d.patient_id and u.import_id = import
    where d.patient_id = patient and d.is_own and d.undone_at is null and (d.at, d.import_id) > (u.at, u.import_id) and (
        exists (select from gate.changed(patient, d.import_id) c (item_id) join these t on t.item_id = c.item_id)
        or exists (select from item_again a join these t on t.item_id = a.item_id where a.patient_id = patient and a.import_id = d.import_id)
        or exists (select from item_version v join item_reference r on r.patient_id = v.patient_id and r.item_id = v.item_id
            join these t on t.item_id = r.target_id where v.patient_id = patient and v.import_id = d.import_id and v.withdrawn_at is null)
        or exists (select from item_version v join item i on i.patient_id = v.patient_id and i.item_id = v.item_id
            join these t on t.item_id = i.report_id where v.patient_id = patient and v.import_id = d.import_id and v.withdrawn_at is null)
    )
$$;

-- The things that rest on imports: what is in force in the version that one brought, what names, at any
-- distance, a person, a medicine or a file that is, and what still has a name or codes that it got with one.
create function gate.reached(patient uuid, imports uuid[]) returns setof uuid language sql stable as $$
    with recursive reached (item_id) as (
        select v.item_id from item_version v
        where v.patient_id = patient and v.import_id = any (imports) and v.withdrawn_at is null and v.version_no = coalesce(
            (select i.version_no from item i where i.patient_id = patient and i.item_id = v.item_id),
            (select a.version_no from attachment a where a.patient_id = patient and a.item_id = v.item_id))
        union
        select r.item_id from reached join item_reference r on r.patient_id = patient and r.target_id = reached.item_id
        where exists (select from attachment a where a.patient_id = patient and a.item_id = reached.item_id)
    )
    select i.item_id from reached join item i on i.patient_id = patient and i.item_id = reached.item_id
    union
    select i.item_id from item_before b join item i on i.patient_id = patient and i.item_id = b.item_id
    where b.patient_id = patient and b.import_id = any (imports) and (b.was ->> 'version_no')::int = i.version_no
        and (b.was -> 'title', b.was -> 'codes', b.was -> 'author', b.was -> 'place') is distinct from
            (to_jsonb(i.title), to_jsonb(i.codes), coalesce(to_jsonb(i.author), 'null'), coalesce(to_jsonb(i.place), 'null'))
$$;

-- What rests on a file of the patient's own that they have not shown is theirs alone, and nothing else
-- of what they have added is.
create function gate.settle_privacy(patient uuid) returns bigint language plpgsql volatile as $$
declare
    held uuid[] := array(select gate.reached(patient, array(
        select d.import_id from delivery d where d.patient_id = patient and d.is_own and d.shown_at is null and d.undone_at is null)));
    settled bigint;
begin
    update item i set is_private = o.is_held
    from (select w.item_id, h.item_id is not null as is_held
        from item w join source s on s.source_id = w.source_id and s.name = 'upload/' || patient
        left join (select distinct u.item_id from unnest(held) u (item_id)) h on h.item_id = w.item_id
        where w.patient_id = patient) o
    where i.patient_id = patient and i.item_id = o.item_id and i.is_private <> o.is_held;
    get diagnostics settled = row_count;
    return settled;
end $$;

-- Puts rows back as they were, which a query gives; what a table has got since, a row gets as a new one would.
create function gate.put_back(target regclass, rows text, patient uuid, import uuid) returns void language plpgsql volatile as $$
declare
    columns text;
begin
    execute format('select string_agg(quote_ident(a.attname), '', '' order by a.attnum) from pg_attribute a
        where a.attrelid = $3 and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''''
            and a.attname in (select jsonb_object_keys(r.was) from (%s limit 1) r (was))', rows) into columns using patient, import, target;
    if columns is not null then
        execute format('insert into %1$s (%2$s) select %2$s from (
            select p.* from (%3$s) r (was) cross join lateral jsonb_populate_record(null::%1$s, r.was) p) was', target, columns, rows)
        using patient, import;
    end if;
end $$;

-- Takes back what an import brought to a record: what was new is gone, and what it changed is as it
-- was before. As the task 'import', in the record that is open; the caller has made sure that
-- nothing later rests on it.
create function gate.take_back(patient uuid, import uuid) returns void language plpgsql volatile as $$
declare
    things uuid[] := array(select gate.changed(patient, import));
    were jsonb := (select jsonb_agg(to_jsonb(w)) from (
        select i.item_id, i.source_id, i.resource_type, i.fhir_id from item i where i.patient_id = patient and i.item_id = any (things)
        union all
        select a.item_id, a.source_id, a.resource_type, a.fhir_id from attachment a where a.patient_id = patient and a.item_id = any (things)) w);
    rows constant text := 'select %s from item_before b where b.patient_id = $1 and b.import_id = $2%s';
begin
    update item_version v set withdrawn_at = now() where v.patient_id = patient and v.import_id = import and v.withdrawn_at is null;
    delete from item_reference r where r.patient_id = patient and r.item_id = any (things);
    delete from item i where i.patient_id = patient and i.item_id = any (things);
    delete from attachment a where a.patient_id = patient and a.item_id = any (things);
    perform gate.put_back('item', format(rows, 'b.was', ' and b.kind = ''item'''), patient, import),
        gate.put_back('attachment', format(rows, 'b.was', ' and b.kind = ''attachment'''), patient, import),
        gate.put_back('item_reference', format(rows, 'jsonb_array_elements(b.refs)', ''), patient, import);
    -- Whoever names what is gone waits for it again.
    insert into awaited (source_id, resource_type, fhir_id, patient_id)
    select w.source_id, w.resource_type, w.fhir_id, patient
    from jsonb_to_recordset(were) w (item_id uuid, source_id uuid, resource_type text, fhir_id text)
    where exists (select from item_reference r where r.patient_id = patient and r.target_id = w.item_id)
        and not exists (select from item i where i.patient_id = patient and i.item_id = w.item_id)
        and not exists (select from attachment a where a.patient_id = patient and a.item_id = w.item_id)
    on conflict do nothing;
    delete from item_before b where b.patient_id = patient and b.import_id = import;
    delete from item_again a where a.patient_id = patient and a.import_id = import;
    update import m set undone_at = now() where m.import_id = import;
    update delivery d set undone_at = now() where d.patient_id = patient and d.import_id = import;
    perform gate.settle_privacy(patient);
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

grant execute on function gate.undoable, gate.changed, gate.resting, gate.reached, gate.settle_privacy, gate.put_back, gate.take_back to chartkey_runtime;
grant select, insert on delivery to chartkey_runtime;
grant update (shown_at, undone_at) on delivery to chartkey_runtime;
grant select, insert, update, delete on upload to chartkey_runtime;
grant select, insert, delete on upload_piece, item_before, item_again to chartkey_runtime;
grant update (withdrawn_at) on item_version to chartkey_runtime;
grant delete on item, attachment to chartkey_runtime;
grant select on delivery, upload, upload_piece, item_before, item_again to chartkey_backup;
