-- What a list needs beside each row, kept where it is written instead of asked
-- for row by row.

set local role chartkey_owner;

alter table item
    -- Whom the item itself names as its author and its place, and whether that one is
    -- in this record. Whoever may see the item may then see that one, and the name; a
    -- name without somebody behind it is the patient's only.
    add column author_id uuid,
    add column place_id uuid,
    add column author_is_named boolean not null default false,
    add column place_is_named boolean not null default false,
    -- Says that there is none: "no known allergies".
    add column is_negation boolean not null default false,
    -- Minutes east of UTC, where the source wrote a moment: its date is the one
    -- that people look for.
    add column utc_offset smallint constraint item_utc_offset check (utc_offset between -1439 and 1439),
    -- The ends of the range as the source wrote them: 3.50 stays 3.50.
    add column range_low_text text,
    add column range_high_text text;

-- The version of the label table that gave own_labels.
alter table attachment add column labelled_by smallint not null default 1;

-- How many items a category has, and how many of them say that there is none, both
-- without those entered in error. The patient alone is told.
create table item_total (
    patient_id uuid not null references patient,
    category smallint not null,
    items bigint not null,
    negations bigint not null,
    primary key (patient_id, category)
);

alter table item_total enable row level security;
alter table item_total force row level security;
create policy own on item_total for select using (patient_id = (select gate.own_patient()));
create policy import on item_total for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

create function count_new_items() returns trigger language plpgsql as $$
begin
    insert into item_total as t (patient_id, category, items, negations)
    select patient_id, category, count(*), count(*) filter (where is_negation) from added where not is_error group by patient_id, category
    on conflict (patient_id, category) do update set items = t.items + excluded.items, negations = t.negations + excluded.negations;
    return null;
end $$;

create function count_moved_item() returns trigger language plpgsql as $$
begin
    insert into item_total as t (patient_id, category, items, negations)
    select m.patient_id, m.category, sum(m.step), sum(m.step * m.is_negation::int)
    from (values (old.patient_id, old.category, old.is_negation, case when old.is_error then 0 else -1 end),
                 (new.patient_id, new.category, new.is_negation, case when new.is_error then 0 else 1 end))
        m (patient_id, category, is_negation, step)
    group by m.patient_id, m.category
    on conflict (patient_id, category) do update set items = t.items + excluded.items, negations = t.negations + excluded.negations;
    return null;
end $$;

create trigger count_new after insert on item referencing new table as added for each statement execute function count_new_items();
create trigger count_moved after update on item for each row
    when (old.category <> new.category or old.is_error <> new.is_error or old.is_negation <> new.is_negation)
    execute function count_moved_item();

-- What is there already. Its names stay with the patient until a newer version comes.
select set_config('chartkey.task', 'import', true);
insert into item_total select patient_id, category, count(*), 0 from item where not is_error group by patient_id, category;
select set_config('chartkey.task', '', true);

reset role;

grant select, insert, update on item_total to chartkey_runtime;
grant select on item_total to chartkey_backup;
