-- A file that comes again is recognized by its bytes; and of one name that two
-- patients of a source have, both wait for their patient.

set local role chartkey_owner;

create index import_file on import (source_id, sha256);

alter table unassigned drop constraint unassigned_pkey;
alter table unassigned add constraint unassigned_once unique nulls not distinct (source_id, resource_type, fhir_id, patient_fhir_id);

reset role;
