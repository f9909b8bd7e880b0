-- The access log: chains of events. A chain is named 'patient/<id>',
-- 'account/<id>' or 'system'. The bytes that are hashed are stored, so that
-- anybody can compute the hashes again.

set local role chartkey_owner;

create table event (
    chain text not null constraint event_chain check (chain ~ '^(system|(patient|account)/[0-9a-f-]{36})$'),
    seq bigint not null check (seq > 0),
    -- SHA-256 of: 'chartkey-event-1', chain, seq as 8 bytes big-endian, the hash before, bytes.
    hash bytea not null check (length(hash) = 32),
    -- RFC 8785 JSON.
    bytes bytea not null,
    primary key (chain, seq)
);

create table chain_head (
    chain text primary key,
    seq bigint not null,
    hash bytea not null
);

alter table event enable row level security;
alter table event force row level security;
alter table chain_head enable row level security;
alter table chain_head force row level security;

create policy own on event for select using (
    chain = (select 'patient/' || gate.own_patient()) or chain = (select 'account/' || gate.account())
);
create policy verify on event for select using ((select gate.task()) in ('verify', 'operator'));
create policy append on event for insert with check (
    chain = 'system'
    or chain = (select 'patient/' || gate.patient())
    or chain = (select 'account/' || gate.account())
);
create policy append on chain_head for all
    using (
        chain = 'system'
        or chain = (select 'patient/' || gate.patient())
        or chain = (select 'account/' || gate.account())
    )
    with check (
        chain = 'system'
        or chain = (select 'patient/' || gate.patient())
        or chain = (select 'account/' || gate.account())
    );
create policy verify on chain_head for select using ((select gate.task()) in ('verify', 'worker'));

-- Appends one event and returns its place. The last statement of a transaction:
-- it locks the head of the chain until the commit.
create function gate.append(to_chain text, event_bytes bytea) returns bigint
language plpgsql volatile as $$
declare
    head chain_head;
    next_hash bytea;
begin
    select * into head from chain_head c where c.chain = to_chain for update;
    if not found then
        insert into chain_head (chain, seq, hash) values (to_chain, 0, decode(repeat('00', 32), 'hex'))
            on conflict (chain) do nothing;
        select * into head from chain_head c where c.chain = to_chain for update;
    end if;
    next_hash := sha256('chartkey-event-1'::bytea || convert_to(to_chain, 'UTF8') || int8send(head.seq + 1) || head.hash || event_bytes);
    insert into event (chain, seq, hash, bytes) values (to_chain, head.seq + 1, next_hash, event_bytes);
    update chain_head c set seq = head.seq + 1, hash = next_hash where c.chain = to_chain;
    return head.seq + 1;
end $$;

reset role;

grant execute on function gate.append to chartkey_runtime;
grant select, insert on event to chartkey_runtime;
grant select, insert, update on chain_head to chartkey_runtime;
grant select on all tables in schema public to chartkey_backup;
