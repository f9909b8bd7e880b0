-- What a patient's own files brought is private while they are not shown. Right after a long file PostgreSQL does not know yet how much of
-- a record there is, and joined its items with themselves, each with each; so it is asked of the items alone.

set local role chartkey_owner;

create or replace function gate.settle_privacy(patient uuid) returns bigint language plpgsql volatile as $$
declare
    held uuid[] := array(select gate.reached(patient, array(
        select d.import_id from delivery d where d.patient_id = patient and d.is_own and d.shown_at is null and d.undone_at is null)));
    own uuid := (select s.source_id from source s where s.name = 'upload/' || patient);
    settled bigint;
begin
    update item i set is_private = not i.is_private
    where i.patient_id = patient and i.source_id = own and i.is_private <> (i.item_id = any (held));
    get diagnostics settled = row_count;
    return settled;
end $$;

reset role;
