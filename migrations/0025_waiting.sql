-- Results that wait for their patient's own eyes, and what happened on the day of a visit without
-- naming it.

set local role chartkey_owner;

-- The kinds of result (chartkey_domain::waiting) of which a patient wants a new one to wait. What is
-- not here is shown at once.
create table waiting_kind (
    patient_id uuid not null references patient,
    kind smallint not null constraint waiting_kind_known check (kind between 1 and 5),
    chosen_at timestamptz not null default now(),
    primary key (patient_id, kind)
);

-- It came in after such a choice, and its patient has not opened it. It says nothing of who may see
-- it: no policy asks for it.
alter table item add column waits boolean not null default false;
create index item_waits on item (patient_id, sort_at desc, item_id desc) where waits;

-- What names no visit, by date: a visit looks there for what happened on its day.
create index item_unlinked on item (patient_id, sort_at) where visit_id is null;

-- What the patient alone finds of what a record names: of each text somebody asks whose it is.
create index attachment_kept on attachment (patient_id, kept_id) where kept_id is not null;

alter table waiting_kind enable row level security;
alter table waiting_kind force row level security;
create policy own on waiting_kind for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy import on waiting_kind for select using ((select gate.task()) = 'import');

reset role;

grant select, insert, delete on waiting_kind to chartkey_runtime;
grant select on waiting_kind to chartkey_backup;
