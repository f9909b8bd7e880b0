-- Signed roots over the heads of all chains of the log, one an hour. The key is outside the database, so whoever can
-- rewrite the database cannot make the roots fit what they have written.

set local role chartkey_owner;

-- Every key that signs or has signed, and every root, as the lines that are published (chartkey-evidence). Neither is
-- ever changed: the server may not.
create table log_key (
    -- One after another.
    place bigint generated always as identity primary key,
    public_key bytea not null constraint log_key_once unique,
    line text not null
);

create table log_root (
    number bigint primary key constraint log_root_number check (number > 0),
    line text not null
);

-- What is about to be signed: committed before the root is written into the file outside the database. A database that
-- lacks a root of the file and has this row is one whose server died in between; without it, it is an older one.
create table log_intent (
    number bigint primary key,
    -- Of the root's text.
    hash bytea not null
);

-- The trees of the newest two roots, level by level from the leaves: 32 bytes a node. Of two, because a root may be
-- signed while somebody takes their way out of the one before. Leaves are blinded: they say nothing without the pepper.
create table log_tree (
    number bigint primary key references log_root,
    nodes bytea not null
);
-- Read in pieces, so neither compressed nor read as a whole.
alter table log_tree alter column nodes set storage external;

-- The head of each chain as the newest root holds it.
create table sealed_head (
    chain text primary key,
    seq bigint not null,
    hash bytea not null
);

-- What somebody saw when they last checked their log, and what was found. It is in the database, so it is worth less
-- than what their browser remembers; the page says so. It is the account's, whatever record that holds by then: to put
-- another log in the place of one's own has to show.
create table log_check (
    account_id uuid primary key references account on delete cascade,
    at timestamptz not null default now(),
    -- As chartkey-evidence writes a report.
    report text not null,
    -- What to compare with next time; kept when a check fails.
    seen text
);

alter table sealed_head enable row level security;
alter table sealed_head force row level security;
alter table log_check enable row level security;
alter table log_check force row level security;

create policy seal on event for select using ((select gate.task()) = 'seal');
create policy seal on chain_head for select using ((select gate.task()) = 'seal');
create policy seal on sealed_head for all using ((select gate.task()) = 'seal') with check ((select gate.task()) = 'seal');
create policy verify on sealed_head for select using ((select gate.task()) = 'verify');
create policy own on sealed_head for select using (chain = (select 'patient/' || gate.own_patient()));
create policy own on log_check for all using (account_id = (select gate.account())) with check (account_id = (select gate.account()));

-- Where a leaf stands in the tree of a root, and what stands beside its way up. Null where it is no leaf of it. Leaves
-- stand in the order of their hashes, so both take as many looks as the tree has levels.
create function gate.log_way(of_number bigint, leaf bytea, out place bigint, out way bytea[]) language plpgsql stable as $$
declare
    leaves bigint := (select (octet_length(t.nodes) / 32 + 1) / 2 from log_tree t where t.number = of_number);
    low bigint := 0;
    high bigint := leaves;
    middle bigint;
    level bigint := 0;
    node bytea;
begin
    while low < high loop
        middle := (low + high) / 2;
        select substring(t.nodes from (middle * 32 + 1)::int for 32) into node from log_tree t where t.number = of_number;
        if node < leaf then low := middle + 1; else high := middle; end if;
    end loop;
    select substring(t.nodes from (low * 32 + 1)::int for 32) into node from log_tree t where t.number = of_number;
    if low >= leaves or node is distinct from leaf then return; end if;
    place := low;
    way := '{}';
    while leaves > 1 loop
        select substring(t.nodes from ((level + (low # 1)) * 32 + 1)::int for 32) into node from log_tree t where t.number = of_number;
        way := way || node;
        level := level + leaves;
        leaves := leaves / 2;
        low := low / 2;
    end loop;
end $$;

reset role;

grant execute on function gate.log_way to chartkey_runtime;
grant select, insert on log_key, log_root to chartkey_runtime;
grant select, insert, delete on log_tree to chartkey_runtime;
grant select, insert, update on log_intent to chartkey_runtime;
grant select, insert, update on sealed_head, log_check to chartkey_runtime;
grant select on log_key, log_root, log_intent, log_tree, sealed_head, log_check to chartkey_backup;
