-- Whom a clinician has before them in an emergency, and of whom something waits to be reviewed.

set local role chartkey_owner;

create index patient_birth_date on patient (birth_date);

create policy emergency on patient for select using (
    (select gate.task()) = 'emergency'
    and (birth_date = (select gate.selector()) or patient_id = (select gate.patient()))
);
-- Whose account is told.
create policy emergency on patient_holder for select using (
    (select gate.task()) = 'emergency' and patient_id = (select gate.patient())
);

-- Of whom something waits, or is open to the reader.
create policy review on patient for select using (
    (select gate.task()) = 'review' and patient_id in (
        select l.patient_id from emergency_look l
        where (l.account_id = (select gate.account()) and l.opened_at > now() - interval '1 hour')
            or (select true from emergency_review v where v.patient_id = l.patient_id and v.grant_id = l.grant_id) is null)
);

reset role;
