-- When the clinic of a rehearsal stood: what happens after it was done by people.

set local role chartkey_owner;

alter table rehearsal add column ready_at timestamptz;

reset role;

grant update (ready_at) on rehearsal to chartkey_runtime;
