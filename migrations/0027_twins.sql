-- One thing that several sources tell of, shown once: which items those are, and what a mark
-- on one of them does to the others.

set local role chartkey_owner;

alter table item
    -- A digest of what it is, when, and with which outcome (chartkey_domain::alike says how);
    -- null where that cannot be said.
    add column alike uuid,
    -- The same key where another source has it too, each source once: these are twins.
    add column twin uuid,
    -- How many of its twins stand before it. What of them a reader may see is asked when they
    -- read: only rows with any cost that.
    add column behind smallint not null default 0,
    -- The key of the twins that the patient took it apart from.
    add column parted uuid;
create index item_alike on item (patient_id, alike) where alike is not null;
create index item_twin on item (patient_id, twin) where twin is not null;
create index item_parted on item (patient_id, parted) where parted is not null;

-- How many of the items of a category are behind: the patient is shown that many fewer.
alter table item_total add column behind bigint not null default 0;

-- What an import makes twins is kept from whom either of them was kept from.
create policy import on exclusion for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

-- Whoever finds twins waits for it, and it for them: neither misses what the other is about to write.
-- All twins are locked at once and in one order.
create function wait_for_twins() returns trigger language plpgsql as $$
declare
    of_it record := case when tg_op = 'DELETE' then old else new end;
begin
    perform from item i
    where i.patient_id = of_it.patient_id and i.item_id in (
        select of_it.item_id union all
        select t.item_id from item o join item t on t.patient_id = o.patient_id and t.twin = o.twin
        where o.patient_id = of_it.patient_id and o.item_id = of_it.item_id)
    order by i.patient_id, i.item_id for share of i;
    return of_it;
end $$;
create trigger wait_for_twins before insert or delete on exclusion for each row execute function wait_for_twins();

-- What the patient keeps from somebody binds all twins: they are one thing, and what hides it hides it
-- wherever it came from. What is taken back is taken back from all.
create function keep_twins() returns trigger language plpgsql as $$
begin
    insert into exclusion (patient_id, item_id, account_id, organization_id)
    select t.patient_id, t.item_id, new.account_id, new.organization_id
    from item i join item t on t.patient_id = i.patient_id and t.twin = i.twin and t.item_id <> i.item_id
    where i.patient_id = new.patient_id and i.item_id = new.item_id
    on conflict do nothing;
    return null;
end $$;
create trigger keep_twins after insert on exclusion for each row execute function keep_twins();

create function show_twins() returns trigger language plpgsql as $$
begin
    delete from exclusion e using item i join item t on t.patient_id = i.patient_id and t.twin = i.twin and t.item_id <> i.item_id
    where i.patient_id = old.patient_id and i.item_id = old.item_id and e.patient_id = t.patient_id and e.item_id = t.item_id
      and (e.account_id, e.organization_id) is not distinct from (old.account_id, old.organization_id);
    return null;
end $$;
create trigger show_twins after delete on exclusion for each row execute function show_twins();

reset role;

-- What is said of a thing goes to its twin where the thing is taken back.
grant update (item_id, version_no) on correction to chartkey_runtime;
