-- What an import must find again: resources that wait for their patient, and
-- names that wait for their resource.

set local role chartkey_owner;

-- The Patient of the same source that it waits for, if it names one.
alter table unassigned add column patient_fhir_id text;
create index unassigned_patient on unassigned (source_id, patient_fhir_id) where patient_fhir_id is not null;

create index attachment_source on attachment (source_id, resource_type, fhir_id);

-- A patient's items name this resource of their source, which has not come yet.
create table awaited (
    source_id uuid not null references source,
    resource_type text not null,
    fhir_id text not null,
    patient_id uuid not null references patient,
    primary key (source_id, resource_type, fhir_id, patient_id)
);

alter table awaited enable row level security;
alter table awaited force row level security;
create policy import on awaited for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

reset role;

grant select, insert, delete on awaited to chartkey_runtime;
grant select on awaited to chartkey_backup;
