-- Labels that do not count, since the patient says that they do not apply: those that an item had then. What it gets later, with a newer
-- version, a newer table or another source, counts.

set local role chartkey_owner;

create table lowering (
    patient_id uuid not null references patient,
    item_id uuid not null,
    -- None again where the patient has marked it again.
    labels smallint not null constraint lowering_labels check (labels between 0 and 63),
    -- Of the item, and when the patient last marked it again: an open page that could show the item closes then.
    category smallint not null,
    marked_at timestamptz,
    primary key (patient_id, item_id)
);
alter table lowering enable row level security;
alter table lowering force row level security;

create policy own on lowering for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
-- Whoever labels a record leaves them out.
create policy import on lowering for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
-- The door reads them to tell the parts of an item; no page shows them to anybody but the patient.
create policy door on lowering for select using (patient_id = (select gate.patient()));

-- What is marked again stays so in a restored database.
create function gate.journal_lowering() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'lowering', 'patient', new.patient_id, 'item', new.item_id, 'labels', new.labels));
    return null;
end $$;
create trigger journal after insert or update on lowering for each row execute function gate.journal_lowering();

reset role;

grant select, insert, update on lowering to chartkey_runtime;
grant select on lowering to chartkey_backup;
