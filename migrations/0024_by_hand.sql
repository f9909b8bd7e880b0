-- What a patient writes by hand: it waits in a draft until it has been checked, and what is taken
-- from others with it must not come back with a restored database.

set local role chartkey_owner;

alter table draft drop constraint draft_kind;
alter table draft add constraint draft_kind check (kind in ('grant', 'correction', 'added'));

-- The source of what the patient of the open record writes by hand, or none at all: lists keep it apart from
-- what others wrote under the same name.
create function gate.by_hand() returns uuid language sql stable as $$
    select coalesce((select s.source_id from source s where s.name = 'own/' || gate.patient()), '00000000-0000-0000-0000-000000000000')
$$;

-- Hidden, or taken back; the last word on an item counts. A file of the patient's is hidden and shown as
-- a whole, and has acts of its own.
create function gate.journal_by_hand() returns trigger language plpgsql as $$
begin
    if exists (select from source s where s.source_id = new.source_id and s.name = 'own/' || new.patient_id) then
        perform gate.journal(jsonb_build_object('kind', 'by-hand', 'patient', new.patient_id, 'item', new.item_id,
            'in_force', new.is_private or new.is_error));
    end if;
    return null;
end $$;
create trigger journal_by_hand after update of is_private, is_error on item for each row
    when ((old.is_private, old.is_error) is distinct from (new.is_private, new.is_error))
    execute function gate.journal_by_hand();

reset role;

grant execute on function gate.by_hand to chartkey_runtime;
