-- What somebody who helps reads of the log: what they did themselves, and looks of others all of whose items they may see. An
-- event has a digest of its items, from which nobody can tell whether they may; so what they may read of it is kept beside it, with
-- the items, in records that somebody helps with, and of looks through a share alone: what patients look at in their own record is
-- nobody's.

set local role chartkey_owner;

create table helper_log (
    patient_id uuid not null references patient,
    -- Of the event.
    seq bigint not null,
    at timestamptz not null default now(),
    -- Who looked, or did something.
    account_id uuid not null,
    -- Who, what and where, as the event has it: no digest, no number, no reason, no sentence.
    entry jsonb not null,
    -- Nothing, where somebody else who helps must not read of it.
    items uuid[] not null,
    -- The sensitive labels that whoever looked may see, and those that their profession and organization suggest.
    labels smallint not null,
    primary key (patient_id, seq)
);
create index helper_log_time on helper_log (patient_id, at desc);
create index helper_log_old on helper_log (at);
alter table helper_log enable row level security;
alter table helper_log force row level security;

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
        and g.organization_id is null and g.state in ('active', 'paused') and coalesce(now() < gate.ends(g), true));
    perform set_config('chartkey.task', task, true);
    return found;
end $$;

-- The sensitive labels of all that whoever asks was given of the record that is open.
create function gate.labels_given() returns int language plpgsql stable as $$
begin
    return coalesce((select bit_or(gate.labels_now(g)) from access_grant g where g.patient_id = gate.patient()
        and g.grantee_account_id = gate.account() and g.state = 'active' and g.starts_at <= now()
        and coalesce(now() < gate.ends(g), true) and gate.stands(g)), 0);
end $$;

create policy append on helper_log for insert with check (
    patient_id = (select gate.patient()) and account_id = (select gate.account())
);
-- The items are looked up as whoever helps may see them at this moment; the first that they may not ends it. Nor do they read that
-- somebody looked to whom the patient shows what is sensitive and kept from them, or whose name on the door says it.
create policy helper on helper_log for select using (
    (select gate.task()) = 'helper-log' and (select gate.organization()) is null
    and patient_id = (select gate.shared_patient())
    and (
        account_id = (select gate.account())
        or (items <> '{}' and labels & ~(select gate.labels_given()) = 0 and not exists (
            select from unnest(items) shown (item_id) where not exists (
                select from item i where i.patient_id = (select gate.shared_patient()) and i.item_id = shown.item_id)
        ))
    )
);
-- What is old is forgotten.
create policy worker on helper_log for all using ((select gate.task()) = 'worker') with check (false);

-- Appends what was done through a share, with what it has shown and what the place and profession say. What whoever helps does
-- themselves is theirs to read, from the code that they typed on; what others looked at, where somebody helps.
create function gate.append(to_chain text, event_bytes bytea, shown uuid[], said smallint) returns bigint language plpgsql volatile as $$
declare
    is_kept boolean := gate.organization() is null or gate.is_helped();
    place bigint := gate.append(to_chain, event_bytes);
    event jsonb := convert_from(event_bytes, 'UTF8');
begin
    if is_kept then
        insert into helper_log (patient_id, seq, account_id, entry, items, labels) values (
            gate.patient(), place, gate.event_account(event_bytes),
            jsonb_build_object('who', event -> 'who', 'action', event #> '{what,action}', 'page', event #> '{what,page}',
                'categories', coalesce(event #> '{what,categories}', '[]'), 'isEmergency', event -> 'why' ? 'emergency'),
            shown,
            said | coalesce((
                select bit_or(coalesce(gate.labels_now(g), 63) | coalesce((
                    select bit_or(n.labels) from grant_item n where n.patient_id = g.patient_id and n.grant_id = g.grant_id), 0))
                from jsonb_array_elements(event #> '{why,grants}') used
                left join access_grant g on g.patient_id = gate.patient() and g.grant_id = (used ->> 'id')::uuid), 0)::smallint);
    end if;
    return place;
end $$;

reset role;

grant select, insert, delete on helper_log to chartkey_runtime;
grant select on helper_log to chartkey_backup;
grant execute on function gate.is_helped, gate.labels_given, gate.append(text, bytea, uuid[], smallint) to chartkey_runtime;
