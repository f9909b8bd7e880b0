-- What a practice that is not registered here asks the operator. Anybody may ask; nobody but the operator reads it.

set local role chartkey_owner;

create table practice_request (
    request_id uuid primary key default gen_random_uuid(),
    practice text not null constraint practice_request_practice check (length(practice) between 1 and 200),
    -- An e-mail address or a number.
    contact text not null constraint practice_request_contact check (length(contact) between 1 and 200),
    words text not null constraint practice_request_words check (length(words) <= 600),
    asked_at timestamptz not null default now()
);
-- The second click of a double one.
create unique index practice_request_once on practice_request (md5(practice || E'\n' || contact || E'\n' || words));

alter table practice_request enable row level security;
alter table practice_request force row level security;

create policy ask on practice_request for insert with check (true);
create policy operator on practice_request for all using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');

reset role;

grant select, insert, delete on practice_request to chartkey_runtime;
grant select on practice_request to chartkey_backup;
