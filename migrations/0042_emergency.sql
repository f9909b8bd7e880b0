-- What opens in an emergency: the patient decides it in advance, a clinician gives a reason, and it lasts an hour.

set local role chartkey_owner;

create table emergency_plan (
    patient_id uuid primary key references patient,
    extent text not null constraint emergency_plan_extent check (extent in ('nothing', 'summary', 'all')),
    -- What it opens, as in access_grant.
    categories int not null,
    labels smallint not null check (labels between 0 and 63),
    -- What the patient read and confirmed, and the same with a place for the name of who opens it: that becomes the grant's.
    sentence text not null,
    named text not null,
    language text not null,
    catalogue_version text not null,
    -- The code of their card is derived from this and a key outside the database; it is found by a keyed hash of what is typed.
    code_id uuid not null,
    code_hash bytea not null constraint emergency_plan_code unique,
    -- Who is told at once beside the patient.
    contact_name text,
    contact_email text,
    decided_at timestamptz not null default now(),
    constraint emergency_plan_contact check ((contact_name is null) = (contact_email is null))
);

-- A message that says more than that something happened: to whom the patient has named.
alter table letter add column about jsonb;
alter table letter drop constraint letter_subject;
alter table letter add constraint letter_subject check (subject in (
    'new-password', 'news', 'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off',
    'codes-made', 'code-used', 'factor-lost', 'emergency', 'emergency-contact'
));

alter table emergency_plan enable row level security;
alter table emergency_plan force row level security;

create policy own on emergency_plan for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
-- A clinician finds it by the code of a card, or once they have found the patient by name and birth date.
create policy emergency on emergency_plan for select using (
    (select gate.task()) = 'emergency'
    and (encode(code_hash, 'hex') = (select gate.selector()) or patient_id = (select gate.patient()))
);
-- A plan that was narrowed, a card that was replaced, or whom the patient does not want told any more, must not come back with a
-- restored database. Of an address only its SHA-256.
create function gate.journal_emergency() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'emergency-plan', 'patient', new.patient_id,
        'categories', new.categories, 'labels', new.labels, 'code', new.code_id,
        'contact', encode(sha256(convert_to(new.contact_email, 'UTF8')), 'hex')));
    return null;
end $$;
create trigger journal after insert or update of categories, labels, code_id, contact_email on emergency_plan
    for each row execute function gate.journal_emergency();

reset role;

grant select, insert, update, delete on emergency_plan to chartkey_runtime;
grant select on emergency_plan to chartkey_backup;
