-- Clinicians whose practice is not registered. An organization that maps no profession lets nobody in for what its provider says of
-- them: the operator admits each of them by name, after they have checked person and licence.

set local role chartkey_owner;

create table admission (
    admission_id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organization,
    -- The `sub` of their ID token.
    subject text not null constraint admission_subject check (length(subject) between 1 and 255),
    name text not null constraint admission_name check (length(name) between 1 and 200),
    profession text not null constraint admission_profession check (length(profession) between 1 and 100),
    -- Of their licence, where it has one.
    identifier text constraint admission_identifier check (length(identifier) between 1 and 100),
    -- How person and licence were checked, as patients read it.
    checked text not null constraint admission_checked check (length(checked) between 1 and 1000),
    admitted_by text not null,
    admitted_at timestamptz not null default now(),
    -- Null while they may sign in.
    dismissed_at timestamptz,
    constraint admission_once unique (organization_id, subject)
);

alter table admission enable row level security;
alter table admission force row level security;

-- Patients read it where they choose, and a sign-in asks whether it is there.
create policy known on admission for select using (true);
create policy operator on admission for all using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');

create function gate.is_independent(organization uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select from organization o where o.organization_id = organization and o.professions = '{}');
end $$;

-- Whether the operator has dismissed whose account this is.
create function gate.is_dismissed(account uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select from clinician c join admission m on m.organization_id = c.organization_id and m.subject = c.subject
        where c.account_id = account and m.dismissed_at is not null);
end $$;

-- As before; and whom the operator has dismissed gets nothing of anybody, whatever they were given.
create or replace function gate.is_blocked(patient uuid, account uuid, organization uuid) returns boolean language plpgsql stable as $$
begin
    return gate.is_dismissed(account) or exists (select from block b where b.patient_id = patient
        and (b.account_id = any (gate.accounts_of(account)) or b.organization_id = organization));
end $$;

-- Whoever was dismissed is not let in again with a restored database.
create function gate.journal_admission() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'admission', 'admission', new.admission_id, 'in_force', new.dismissed_at is null));
    return null;
end $$;
create trigger journal after update of dismissed_at on admission for each row
    when ((old.dismissed_at is null) <> (new.dismissed_at is null)) execute function gate.journal_admission();

reset role;

grant execute on function gate.is_independent, gate.is_dismissed to chartkey_runtime;
grant select, insert, update on admission to chartkey_runtime;
grant select on admission to chartkey_backup;
