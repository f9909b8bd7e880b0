-- Sharing: grants, what they name, exclusions, blocks, codes, and the story of
-- each grant as the patient read it.

set local role chartkey_owner;

create table access_grant (
    patient_id uuid not null references patient,
    grant_id uuid not null default gen_random_uuid(),
    -- A change is a new row of the same lineage with the next version.
    lineage_id uuid not null,
    version_no int not null default 1,
    -- A named clinician (account and organization), professions of an
    -- organization, or a carer (account alone).
    grantee_account_id uuid references account,
    organization_id uuid references organization,
    professions text[],
    purpose text not null
        constraint access_grant_purpose check (purpose in ('treatment', 'second-opinion', 'coordination', 'other')),
    purpose_text text,
    categories int not null,
    labels smallint not null default 0 check (labels between 0 and 63),
    -- Half-open: data_from <= when < data_to.
    data_from timestamptz check (isfinite(data_from)),
    data_to timestamptz check (isfinite(data_to)),
    includes_new boolean not null default true,
    may_export boolean not null default false,
    may_write boolean not null default false,
    may_delegate boolean not null default false,
    -- A delegated grant reaches at most what the giver's reaches now.
    parent_grant_id uuid,
    -- Who made it, where that is not the patient: the giver, or a carer, whose
    -- grants reach at most what they see themselves.
    made_by_account_id uuid references account,
    starts_at timestamptz not null default now(),
    -- Null: until the patient stops it.
    ends_at timestamptz,
    state text not null default 'active'
        constraint access_grant_state check (state in ('active', 'paused', 'withdrawn', 'replaced')),
    -- What the patient read and confirmed.
    sentence text not null,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (patient_id, grant_id),
    constraint access_grant_grantee check (
        (grantee_account_id is null) = (professions is not null)
        and (grantee_account_id is not null or organization_id is not null)
    ),
    constraint access_grant_through check (parent_grant_id is null or made_by_account_id is not null),
    constraint access_grant_dates check (data_from < data_to),
    constraint access_grant_ended check ((state in ('withdrawn', 'replaced')) = (ended_at is not null))
);
-- At most one in force for each patient, grantee and purpose.
create unique index access_grant_one_person on access_grant (patient_id, grantee_account_id, organization_id, purpose)
    nulls not distinct where state in ('active', 'paused') and grantee_account_id is not null;
create unique index access_grant_one_organization on access_grant (patient_id, organization_id, professions, purpose)
    where state in ('active', 'paused') and grantee_account_id is null;
create index access_grant_clinician on access_grant (grantee_account_id);
create index access_grant_organization on access_grant (organization_id) where grantee_account_id is null;

-- Single items that a grant names, in the version that the patient saw.
create table grant_item (
    patient_id uuid not null,
    grant_id uuid not null,
    item_id uuid not null,
    version_no int not null,
    primary key (patient_id, grant_id, item_id),
    foreign key (patient_id, grant_id) references access_grant
);

-- An item kept from a clinician or an organization, whatever a grant says.
create table exclusion (
    exclusion_id uuid primary key default gen_random_uuid(),
    patient_id uuid not null references patient,
    item_id uuid not null,
    account_id uuid references account,
    organization_id uuid references organization,
    created_at timestamptz not null default now(),
    constraint exclusion_from check ((account_id is null) <> (organization_id is null)),
    constraint exclusion_once unique nulls not distinct (patient_id, item_id, account_id, organization_id)
);

-- Somebody who gets nothing.
create table block (
    block_id uuid primary key default gen_random_uuid(),
    patient_id uuid not null references patient,
    account_id uuid references account,
    organization_id uuid references organization,
    created_at timestamptz not null default now(),
    constraint block_whom check ((account_id is null) <> (organization_id is null)),
    constraint block_once unique nulls not distinct (patient_id, account_id, organization_id)
);

-- The story of a grant, in the words that were shown.
create table grant_event (
    patient_id uuid not null,
    grant_id uuid not null,
    event_no int not null,
    kind text not null
        constraint grant_event_kind check (kind in ('given', 'paused', 'resumed', 'withdrawn', 'replaced')),
    sentence text not null,
    language text not null,
    catalogue_version text not null,
    -- The question that was asked to check understanding, and the answer.
    check_answer jsonb,
    signed_in text not null,
    at timestamptz not null default now(),
    primary key (patient_id, grant_id, event_no),
    foreign key (patient_id, grant_id) references access_grant
);

-- A short-lived secret that turns into a grant once it was redeemed and confirmed.
-- The secret itself is nowhere: it is derived from code_id and a key outside the
-- database, so that its page can show it again while it waits.
create table grant_code (
    code_id uuid primary key default gen_random_uuid(),
    patient_id uuid not null references patient,
    -- Its first letters, by which a wrong try is counted against this code.
    selector text not null,
    -- The grant as drafted: the same fields as access_grant, without a grantee.
    draft jsonb not null,
    state text not null default 'waiting'
        constraint grant_code_state check (state in ('waiting', 'redeemed', 'confirmed', 'refused', 'cancelled')),
    redeemed_by uuid references account,
    redeemed_at timestamptz,
    tries_left smallint not null default 5 check (tries_left >= 0),
    created_at timestamptz not null default now(),
    ends_at timestamptz not null
);
create unique index grant_code_selector on grant_code (selector) where state = 'waiting';
create index grant_code_patient on grant_code (patient_id, created_at desc);

-- Answers to the questions before a grant, until the last is given.
create table draft (
    draft_id uuid primary key default gen_random_uuid(),
    account_id uuid not null references account on delete cascade,
    kind text not null constraint draft_kind check (kind in ('grant')),
    fields jsonb not null,
    created_at timestamptz not null default now(),
    ends_at timestamptz not null default now() + interval '1 day'
);
create index draft_account on draft (account_id);
create index draft_end on draft (ends_at);

-- Row security ---------------------------------------------------------------

alter table access_grant enable row level security;
alter table access_grant force row level security;
alter table grant_item enable row level security;
alter table grant_item force row level security;
alter table exclusion enable row level security;
alter table exclusion force row level security;
alter table block enable row level security;
alter table block force row level security;
alter table grant_event enable row level security;
alter table grant_event force row level security;
alter table grant_code enable row level security;
alter table grant_code force row level security;
alter table draft enable row level security;
alter table draft force row level security;

-- Stage one: the patient sees and changes their own; a clinician sees the grants
-- that name them or their organization, with or without a record open.
create function gate.organization() returns uuid language sql stable
as $$ select organization_id from clinician where account_id = gate.account() $$;

-- The record that an account holds; the first, where it holds several.
create function gate.own_record(account uuid) returns uuid language plpgsql volatile as $$
begin
    perform set_config('chartkey.account', account::text, true);
    return (select h.patient_id from patient_holder h where h.account_id = account order by h.since, h.patient_id limit 1);
end $$;

create policy own on access_grant for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy grantee on access_grant for select using (
    grantee_account_id = (select gate.account())
    or (grantee_account_id is null and organization_id = (select gate.organization()))
);
-- What a delegated or carer-made grant rests on; the door alone reads these.
create policy ground on access_grant for select using (
    patient_id = (select gate.patient())
    and ((may_delegate and (select gate.account()) is not null) or organization_id is null)
);
create policy worker on access_grant for select using ((select gate.task()) in ('worker', 'operator'));

create policy own on grant_item for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy grantee on grant_item for select using (
    (select true from access_grant g where g.patient_id = grant_item.patient_id and g.grant_id = grant_item.grant_id)
);

create policy own on exclusion for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
-- The door reads them to decide; no page shows them to anybody but the patient.
create policy door on exclusion for select using (patient_id = (select gate.patient()));

create policy own on block for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy door on block for select using (
    patient_id = (select gate.patient())
    or account_id = (select gate.account())
    or organization_id = (select gate.organization())
);

create policy own on grant_event for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));

create policy own on grant_code for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
-- A clinician redeems by the code itself, which only its holder knows.
create policy redeem on grant_code for all
    using ((select gate.task()) = 'redeem') with check ((select gate.task()) = 'redeem');

create policy own on draft for all
    using (account_id = (select gate.account())) with check (account_id = (select gate.account()));
create policy worker on draft for all using ((select gate.task()) = 'worker');

-- A clinician's list of patients needs the names of those who granted to them.
create policy granted on patient for select using (
    (select gate.task()) = 'shared'
    and patient_id in (select g.patient_id from access_grant g)
);

reset role;

grant execute on function gate.organization, gate.own_record to chartkey_runtime;
-- A grant is never edited: only its state moves (and its life, in a rehearsal).
grant select, insert, update (state, ended_at, starts_at, created_at, ends_at) on access_grant to chartkey_runtime;
grant select, insert, update on grant_code to chartkey_runtime;
grant select, insert, delete on grant_item, exclusion, block to chartkey_runtime;
grant select, insert, update, delete on draft to chartkey_runtime;
grant select, insert on grant_event to chartkey_runtime;
grant select on all tables in schema public to chartkey_backup;
