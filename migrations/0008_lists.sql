-- What a list needs beside each row, kept where it is written instead of asked
-- for row by row.

set local role chartkey_owner;

alter table item
    -- Whether the item itself names its author (its place) as a person or place
    -- that is in this record. Whoever may see the item may then see that one, and
    -- the name; a name without somebody behind it is the patient's only.
    add column author_is_named boolean not null default false,
    add column place_is_named boolean not null default false,
    -- Minutes east of UTC, where the source wrote a moment: its date is the one
    -- that people look for.
    add column utc_offset smallint constraint item_utc_offset check (utc_offset between -1439 and 1439),
    -- The ends of the range as the source wrote them: 3.50 stays 3.50.
    add column range_low_text text,
    add column range_high_text text;

-- How many items a category has, without those entered in error. The patient
-- alone is told.
create table item_total (
    patient_id uuid not null references patient,
    category smallint not null,
    items bigint not null,
    primary key (patient_id, category)
);

alter table item_total enable row level security;
alter table item_total force row level security;
create policy own on item_total for select using (patient_id = (select gate.own_patient()));
create policy import on item_total for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

create function count_new_items() returns trigger language plpgsql as $$
begin
    insert into item_total as t (patient_id, category, items)
    select patient_id, category, count(*) from added where not is_error group by patient_id, category
    on conflict (patient_id, category) do update set items = t.items + excluded.items;
    return null;
end $$;

create function count_moved_item() returns trigger language plpgsql as $$
begin
    insert into item_total as t (patient_id, category, items)
    select m.patient_id, m.category, sum(m.step)
    from (values (old.patient_id, old.category, case when old.is_error then 0 else -1 end),
                 (new.patient_id, new.category, case when new.is_error then 0 else 1 end)) m (patient_id, category, step)
    group by m.patient_id, m.category having sum(m.step) <> 0
    on conflict (patient_id, category) do update set items = t.items + excluded.items;
    return null;
end $$;

create trigger count_new after insert on item referencing new table as added for each statement execute function count_new_items();
create trigger count_moved after update on item for each row
    when (old.category <> new.category or old.is_error <> new.is_error) execute function count_moved_item();

-- What is there already.
select set_config('chartkey.task', 'import', true);
insert into item_total select patient_id, category, count(*) from item where not is_error group by patient_id, category;
with named as (
    select r.patient_id, r.item_id, array_agg(r.display) || array_agg(a.title) as names
    from item_reference r join attachment a on a.patient_id = r.patient_id and a.item_id = r.target_id
    group by r.patient_id, r.item_id
)
update item i set author_is_named = coalesce(i.author = any (n.names), false), place_is_named = coalesce(i.place = any (n.names), false)
from named n where i.patient_id = n.patient_id and i.item_id = n.item_id;
select set_config('chartkey.task', '', true);

reset role;

grant select, insert, update on item_total to chartkey_runtime;
grant select on item_total to chartkey_backup;
