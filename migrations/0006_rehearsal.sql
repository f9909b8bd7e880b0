-- A database whose people are all invented says so, in one row.

set local role chartkey_owner;

create table rehearsal (
    only_row boolean primary key default true check (only_row),
    seed bigint not null,
    made_at timestamptz not null default now()
);

reset role;

grant select, insert on rehearsal to chartkey_runtime;
grant select on all tables in schema public to chartkey_backup;
