-- When a patient cannot decide: whom they have named, what two clinicians of one organization say of it.

set local role chartkey_owner;

-- Whom the patient lets stand in for them, one of those who help, and with what.
create table incapacity_plan (
    patient_id uuid primary key references patient,
    account_id uuid not null references account,
    -- As in access_grant.
    categories int not null,
    labels smallint not null check (labels between 0 and 63),
    may_delegate boolean not null,
    -- What the patient read and confirmed: it becomes the grant's.
    sentence text not null,
    language text not null,
    catalogue_version text not null,
    decided_at timestamptz not null default now()
);

-- That a patient cannot decide, in a clinician's words; with a second one it begins.
create table incapacity_statement (
    statement_id uuid primary key default gen_random_uuid(),
    patient_id uuid not null references patient,
    account_id uuid not null references account,
    organization_id uuid not null references organization,
    reason text not null,
    stated_at timestamptz not null default now(),
    -- When it began with this one: that is when its grant starts.
    begun_at timestamptz,
    -- When the patient was back before anybody had confirmed it.
    void_at timestamptz
);
create index incapacity_statement_patient on incapacity_statement (patient_id, stated_at);

alter table incapacity_plan enable row level security;
alter table incapacity_plan force row level security;
alter table incapacity_statement enable row level security;
alter table incapacity_statement force row level security;

create policy own on incapacity_plan for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy stand_in on incapacity_plan for select using (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
);
-- The patient reads all of it, and what waits is void when they are back.
create policy own on incapacity_statement for select using (patient_id = (select gate.own_patient()));
create policy back on incapacity_statement for update
    using (patient_id = (select gate.own_patient()) and begun_at is null and void_at is null) with check (begun_at is null and void_at = now());
-- Beside them only colleagues of whoever said it.
create policy stand_in on incapacity_statement for select using (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient()) and organization_id = (select gate.organization())
);
create policy say on incapacity_statement for insert with check (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
    and account_id = (select gate.account()) and organization_id = (select gate.organization())
    and begun_at is null and void_at is null and stated_at = now() and not gate.is_independent(organization_id)
);
create policy begin on incapacity_statement for update
    using (
        (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
        and organization_id = (select gate.organization()) and begun_at is null and void_at is null and stated_at > now() - interval '3 days'
    )
    with check (begun_at = now() and void_at is null);

-- A plan that was changed must not come back with a restored database.
create function gate.journal_incapacity() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'incapacity-plan', 'patient', coalesce(new.patient_id, old.patient_id),
        'account', new.account_id, 'labels', coalesce(new.labels, 0), 'may_delegate', coalesce(new.may_delegate, false)));
    return null;
end $$;
create trigger journal after insert or update or delete on incapacity_plan for each row execute function gate.journal_incapacity();

reset role;

grant select, insert, update, delete on incapacity_plan to chartkey_runtime;
grant select, insert, update (begun_at, void_at) on incapacity_statement to chartkey_runtime;
grant select on incapacity_plan, incapacity_statement to chartkey_backup;
