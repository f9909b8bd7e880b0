-- What pages ask by something that no index had: everything of a record by date, and
-- whose looks stand in a chain. Without it a page cost more with every item, and
-- with every look.

set local role chartkey_owner;

create index item_time on item (patient_id, sort_at desc, item_id desc);

-- Read from the bytes that are hashed, by PostgreSQL alone: nobody can write something
-- else beside them. Events are UTF-8 and JSON for ever, so this never changes its answer.
create function gate.event_account(event_bytes bytea) returns uuid language sql immutable strict parallel safe
as $$ select (convert_from(event_bytes, 'UTF8')::jsonb -> 'who' ->> 'account')::uuid $$;

create function gate.event_is_by_grant(event_bytes bytea) returns boolean language sql immutable strict parallel safe
as $$ select coalesce(convert_from(event_bytes, 'UTF8')::jsonb -> 'why' ->> 'kind' = 'grant', false) $$;

grant execute on function gate.event_account, gate.event_is_by_grant to chartkey_runtime, chartkey_backup;

alter table event
    add column account_id uuid generated always as (gate.event_account(bytes)) stored,
    add column is_by_grant boolean generated always as (gate.event_is_by_grant(bytes)) stored;
create index event_account on event (chain, account_id, seq) where account_id is not null;

reset role;
