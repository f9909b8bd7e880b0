-- A death that was reported of a patient: from then on nothing of their record is changed, and after 30 days nothing of it is shared.

set local role chartkey_owner;

create table death_report (
    patient_id uuid primary key references patient,
    reported_at timestamptz not null default now()
);
alter table death_report enable row level security;
alter table death_report force row level security;
-- The door asks it of the record that it opens, and a list of those of whom its reader has a share.
create policy door on death_report for select using (patient_id = (select gate.patient()));
create policy listed on death_report for select using (patient_id in (select g.patient_id from access_grant g));
create policy operator on death_report for all
    using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');
-- Whoever holds the record says that it is wrong.
create policy undo on death_report for delete using (patient_id = (select gate.own_patient()));

-- When a grant ends for whoever has it. Its own end stays as it was given: a report may be wrong.
create function gate.ends(given access_grant) returns timestamptz language plpgsql stable as $$
begin
    return least(given.ends_at, (select d.reported_at + interval '30 days' from death_report d where d.patient_id = given.patient_id));
end $$;

-- What a report takes away must not come back with a restored database.
create function gate.journal_death() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'death', 'patient', coalesce(new.patient_id, old.patient_id), 'reported_at', new.reported_at));
    return null;
end $$;
create trigger journal after insert or delete on death_report for each row execute function gate.journal_death();

reset role;

grant select, insert, delete on death_report to chartkey_runtime;
grant select on death_report to chartkey_backup;
grant execute on function gate.ends to chartkey_runtime;
