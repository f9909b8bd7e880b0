-- Messages of a correction are counted where they come in, for each author apart: nobody can use up another's
-- room, nobody learns from a full thread that somebody else has written, and a clinician changes nothing but by writing.

set local role chartkey_owner;

drop policy answer on correction;
alter table correction drop column messages;

-- With the rights of the owner: whoever writes may not change the correction itself. What the thread has room
-- for is the constant here.
create function gate.message_came() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    stands boolean;
begin
    -- Two messages of one correction wait for each other here.
    select c.ended_at is null into stands from correction c
        where c.patient_id = new.patient_id and c.correction_id = new.correction_id for update;
    if stands is not true then
        raise exception 'the correction has ended' using errcode = 'check_violation', constraint = 'correction_stands';
    end if;
    -- The second post of a double click.
    if (select true from correction_message m where m.patient_id = new.patient_id and m.correction_id = new.correction_id
            and m.account_id = new.account_id and m.words = new.words and m.at > now() - interval '1 minute' limit 1) then
        return null;
    end if;
    if (select count(*) from correction_message m where m.patient_id = new.patient_id and m.correction_id = new.correction_id
            and m.account_id = new.account_id) >= 100 then
        raise exception 'the thread has no room' using errcode = 'check_violation', constraint = 'correction_room';
    end if;
    update correction c set state = case when new.is_patient then 'open' else 'answered' end
        where c.patient_id = new.patient_id and c.correction_id = new.correction_id;
    return new;
end $$;
create trigger came before insert on correction_message for each row execute function gate.message_came();

-- For that function alone: the owner cannot log in.
create policy came on correction for update to chartkey_owner
    using (patient_id = (select gate.shared_patient())) with check (state = 'answered' and ended_at is null);

-- A restored database ends it as its patient did.
create or replace function gate.journal_correction() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'correction', 'patient', new.patient_id, 'correction', new.correction_id,
        'state', new.state));
    return null;
end $$;

reset role;
