-- What somebody who helps reads of the log: what they did themselves, and looks of others all of whose items they may see. An
-- event has a digest of its items, from which nobody can tell whether they may; so what it has shown is kept beside it, in
-- records that somebody helps with, and of looks through a share alone: what patients look at in their own record is nobody's.

set local role chartkey_owner;

create table event_shown (
    chain text not null,
    seq bigint not null,
    -- The event's.
    shown_at timestamptz not null default now(),
    -- Who looked, or did something.
    account_id uuid not null,
    items uuid[] not null,
    primary key (chain, seq)
);
create index event_shown_time on event_shown (chain, shown_at desc);
alter table event_shown enable row level security;
alter table event_shown force row level security;

create policy helps on access_grant for select using (
    (select gate.task()) = 'helps' and patient_id = (select gate.patient()) and grantee_account_id is not null and organization_id is null
);
-- Whether somebody helps with the record that is open, whatever the task at hand.
create function gate.is_helped() returns boolean language plpgsql volatile as $$
declare
    task text := gate.task();
    found boolean;
begin
    perform set_config('chartkey.task', 'helps', true);
    found := exists (select from access_grant g where g.patient_id = gate.patient() and g.grantee_account_id is not null
        and g.organization_id is null and g.state in ('active', 'paused') and (g.ends_at is null or now() < g.ends_at));
    perform set_config('chartkey.task', task, true);
    return found;
end $$;

create policy append on event_shown for insert with check (
    chain = (select 'patient/' || gate.patient()) and account_id = (select gate.account())
);
-- The items are looked up as whoever helps may see them at this moment; the first that they may not ends it.
create policy helper on event_shown for select using (
    (select gate.task()) = 'helper-log' and (select gate.organization()) is null
    and chain = (select 'patient/' || gate.shared_patient())
    and (
        account_id = (select gate.account())
        or (items <> '{}' and not exists (
            select from unnest(items) shown (item_id) where not exists (select from item i where i.item_id = shown.item_id)
        ))
    )
);
-- A function, so that no other statement about events is planned with all that is behind it.
create function gate.is_shown(of_chain text, of_seq bigint) returns boolean language plpgsql stable as $$
begin
    return exists (select from event_shown s where s.chain = of_chain and s.seq = of_seq);
end $$;
create policy helper on event for select using (
    (select gate.task()) = 'helper-log' and chain = (select 'patient/' || gate.shared_patient()) and gate.is_shown(chain, seq)
);

-- Appends an event through a share, with what it has shown.
create function gate.append(to_chain text, event_bytes bytea, shown uuid[]) returns bigint language plpgsql volatile as $$
declare
    place bigint := gate.append(to_chain, event_bytes);
begin
    if gate.is_helped() then
        insert into event_shown (chain, seq, account_id, items) values (to_chain, place, gate.event_account(event_bytes), shown);
    end if;
    return place;
end $$;

reset role;

grant select, insert on event_shown to chartkey_runtime;
grant select on event_shown to chartkey_backup;
grant execute on function gate.is_helped, gate.is_shown, gate.append(text, bytea, uuid[]) to chartkey_runtime;
