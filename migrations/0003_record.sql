-- The record: patients, items, the bytes they came as, and what they refer to.
--
-- Keys begin with patient_id, so that a patient's rows stay together. Every
-- table is under row security, forced, and a query sees only what the gate's
-- decision covers. Repeat `patient_id = $1` in queries all the same: the planner
-- then finds an index, and a wrong patient costs nothing.

set local role chartkey_owner;

-- Who delivered a file.
create table source (
    source_id uuid primary key,
    name text not null constraint source_name unique,
    created_at timestamptz not null default now()
);

create table patient (
    patient_id uuid primary key,
    full_name text not null,
    family text,
    given text,
    -- As the source gave it; may be partial.
    birth_date text,
    sex text,
    -- As the source gave it: a date, or 'true'.
    died text,
    created_at timestamptz not null default now()
);

-- Which Patient of which source is which record.
create table subject (
    source_id uuid not null references source,
    fhir_id text not null,
    patient_id uuid not null references patient,
    primary key (source_id, fhir_id)
);
create index subject_patient on subject (patient_id);

-- Whose account a record is.
create table patient_holder (
    patient_id uuid primary key references patient,
    account_id uuid not null references account,
    since timestamptz not null default now()
);
create index patient_holder_account on patient_holder (account_id);

-- What an operator gives to a patient, so that they can claim their record.
create table claim_code (
    claim_id uuid primary key default gen_random_uuid(),
    patient_id uuid not null references patient,
    code_hash bytea not null constraint claim_code_hash unique,
    created_at timestamptz not null default now(),
    ends_at timestamptz not null,
    tries_left smallint not null default 5 check (tries_left >= 0),
    claimed_by uuid references account,
    claimed_at timestamptz
);

create table import (
    import_id uuid primary key,
    source_id uuid not null references source,
    file_name text not null,
    sha256 bytea not null,
    started_at timestamptz not null,
    finished_at timestamptz not null default now(),
    report jsonb not null
);

create table item (
    patient_id uuid not null references patient,
    item_id uuid not null,
    source_id uuid not null references source,
    resource_type text not null,
    fhir_id text not null,
    category smallint not null constraint item_category check (category between 1 and 16),
    version_no int not null,
    -- Labels of its own codes and words, over all versions.
    own_labels smallint not null default 0 check (own_labels between 0 and 63),
    -- The same and those of everything it names: what the policy reads.
    labels smallint not null default 0 check (labels between 0 and 63),
    -- The version of the label table that gave them.
    labelled_by smallint not null,
    is_private boolean not null default false,
    -- When it happened; both null: not known. last_at is inclusive; null beside a
    -- first_at: it has not ended.
    first_at timestamptz constraint item_first_finite check (isfinite(first_at)),
    last_at timestamptz constraint item_last_finite check (isfinite(last_at)),
    sort_at timestamptz not null generated always as (coalesce(first_at, '-infinity'::timestamptz)) stored,
    precision smallint check (precision between 1 and 4),
    title text not null,
    -- "system|code" of the title.
    title_key text,
    codes text[] not null default '{}',
    status text,
    -- entered-in-error: kept, struck through, out of lists by default.
    is_error boolean not null default false,
    -- The value as the source wrote it, and as a number where it is one.
    value_text text,
    value_num double precision,
    unit text,
    range_low double precision,
    range_high double precision,
    range_text text,
    -- H, L, HH, LL, N, A …
    interpretation text,
    -- What belongs into one trend: the same code and unit.
    series text,
    -- The items of the visit and of the report it belongs to, if any.
    visit_id uuid,
    report_id uuid,
    author text,
    place text,
    -- When this version came in.
    added_at timestamptz not null,
    primary key (patient_id, item_id),
    constraint item_interval check (last_at is null or first_at <= last_at),
    -- A second use as "when" of unknown items would open them to dated grants.
    constraint item_unknown check (first_at is not null or last_at is null)
);
create index item_page on item (patient_id, category, sort_at desc, item_id desc);
create index item_series on item (patient_id, series, sort_at desc) where series is not null;
create index item_visit on item (patient_id, visit_id) where visit_id is not null;
create index item_report on item (patient_id, report_id) where report_id is not null;

-- Practitioner, Organization, Location and the like: kept for each patient, and
-- seen by others only through an item that names them.
create table attachment (
    patient_id uuid not null references patient,
    item_id uuid not null,
    source_id uuid not null references source,
    resource_type text not null,
    fhir_id text not null,
    version_no int not null,
    own_labels smallint not null default 0 check (own_labels between 0 and 63),
    title text not null,
    added_at timestamptz not null,
    primary key (patient_id, item_id)
);

-- The bytes as received, of items and attachments, every version.
create table item_version (
    patient_id uuid not null,
    item_id uuid not null,
    version_no int not null,
    -- meta.versionId and meta.lastUpdated, where given.
    version_id text,
    last_updated timestamptz,
    sha256 bytea not null,
    bytes bytea not null,
    import_id uuid not null references import,
    added_at timestamptz not null,
    primary key (patient_id, item_id, version_no)
);

create table item_reference (
    patient_id uuid not null,
    item_id uuid not null,
    ordinal smallint not null,
    path text not null,
    -- Computed from source, type and id: the target may come later, or never.
    target_id uuid,
    display text,
    primary key (patient_id, item_id, ordinal)
);
create index item_reference_target on item_reference (patient_id, target_id) where target_id is not null;

-- The operator's tray: what belongs to nobody yet, or was not understood.
create table unassigned (
    source_id uuid not null references source,
    resource_type text not null,
    fhir_id text not null,
    reason text not null,
    sha256 bytea not null,
    bytes bytea not null,
    import_id uuid not null references import,
    added_at timestamptz not null,
    primary key (source_id, resource_type, fhir_id)
);

-- Row security ---------------------------------------------------------------

alter table patient enable row level security;
alter table patient force row level security;
alter table subject enable row level security;
alter table subject force row level security;
alter table patient_holder enable row level security;
alter table patient_holder force row level security;
alter table claim_code enable row level security;
alter table claim_code force row level security;
alter table import enable row level security;
alter table import force row level security;
alter table item enable row level security;
alter table item force row level security;
alter table attachment enable row level security;
alter table attachment force row level security;
alter table item_version enable row level security;
alter table item_version force row level security;
alter table item_reference enable row level security;
alter table item_reference force row level security;
alter table unassigned enable row level security;
alter table unassigned force row level security;

create policy own on patient for select using (patient_id = (select gate.own_patient()));
-- Every grantee sees name, birth date and sex.
create policy shared on patient for select using (patient_id = (select gate.shared_patient()));
create policy import on patient for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy operator on patient for select using ((select gate.task()) in ('operator', 'sign-in', 'export'));

create policy import on subject for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy operator on subject for select using ((select gate.task()) in ('operator', 'export'));

create policy own on patient_holder for select using (account_id = (select gate.account()));
create policy claim on patient_holder for all using ((select gate.task()) = 'sign-in') with check ((select gate.task()) = 'sign-in');
create policy operator on patient_holder for select using ((select gate.task()) = 'operator');

create policy claim on claim_code for all
    using ((select gate.task()) in ('sign-in', 'operator')) with check ((select gate.task()) in ('sign-in', 'operator'));

create policy import on import for all
    using ((select gate.task()) in ('import', 'operator')) with check ((select gate.task()) in ('import', 'operator'));

create policy import on unassigned for all
    using ((select gate.task()) in ('import', 'operator')) with check ((select gate.task()) in ('import', 'operator'));

create policy own on item for select using (patient_id = (select gate.own_patient()));
-- The rule of sharing. The cells hold categories, dates and labels of each grant
-- together; nothing here may be wider than domain::policy::decide.
create policy shared on item for select using (
    patient_id = (select gate.shared_patient())
    and not is_private
    and labelled_by = (select gate.label_table())
    and (
        ((((select gate.cells())[
            (((category - 1) * (select gate.side())
                + coalesce(1 + width_bucket(first_at, (select gate.breaks())), 0)) * (select gate.side())
                + coalesce(1 + width_bucket(last_at, (select gate.breaks())), 0)) * (select gate.depth())
                + width_bucket(added_at, (select gate.added_breaks())) + 1
        ] >> labels::int) & 1) <> 0 and item_id not in (select unnest(gate.singled())))
        or (item_id, version_no) in (select * from unnest(gate.named(), gate.named_versions()))
    )
);
-- Stage one: the facts of items that a grant or an exclusion names.
create policy asked on item for select using (
    patient_id = (select gate.patient()) and item_id in (select unnest(gate.asked()))
);
create policy import on item for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy export on item for select using ((select gate.task()) = 'export' and patient_id = (select gate.patient()));
-- The patient alone hides and shows.
create policy own_mark on item for update
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));

create policy own on item_reference for select using (patient_id = (select gate.own_patient()));
create policy shared on item_reference for select using (
    patient_id = (select gate.shared_patient())
    and (select true from item i where i.patient_id = item_reference.patient_id and i.item_id = item_reference.item_id)
);
create policy import on item_reference for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

create policy own on attachment for select using (patient_id = (select gate.own_patient()));
create policy shared on attachment for select using (
    patient_id = (select gate.shared_patient())
    and (select bool_or(true) from item_reference r where r.patient_id = attachment.patient_id and r.target_id = attachment.item_id)
);
create policy import on attachment for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy export on attachment for select using ((select gate.task()) = 'export' and patient_id = (select gate.patient()));

create policy own on item_version for select using (patient_id = (select gate.own_patient()));
-- Others are shown facts of the version in force, never an older one.
create policy shared on item_version for select using (
    patient_id = (select gate.shared_patient())
    and coalesce(
        (select i.version_no = item_version.version_no from item i
            where i.patient_id = item_version.patient_id and i.item_id = item_version.item_id),
        (select a.version_no = item_version.version_no from attachment a
            where a.patient_id = item_version.patient_id and a.item_id = item_version.item_id),
        false)
);
create policy import on item_version for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy export on item_version for select using ((select gate.task()) = 'export' and patient_id = (select gate.patient()));

-- Enters a record: notes who asks and for whom, and whether it is their own;
-- then the head of the record is returned too. The first statement of every
-- transaction of the door.
create function gate.enter(
    account uuid, patient uuid,
    out own boolean, out at timestamptz, out full_name text, out birth_date text, out sex text
) language plpgsql volatile as $$
begin
    perform set_config('chartkey.account', account::text, true),
            set_config('chartkey.patient', patient::text, true),
            set_config('chartkey.own', '', true),
            set_config('chartkey.cells', '', true);
    own := exists (select from patient_holder h where h.patient_id = patient and h.account_id = account);
    at := now();
    if own then
        perform set_config('chartkey.own', 'on', true);
        select p.full_name, p.birth_date, p.sex into full_name, birth_date, sex from patient p where p.patient_id = patient;
    end if;
end $$;

-- Tells the policies what was decided, and returns the head of the record.
create function gate.decide(
    cells bigint[], breaks timestamptz[], side int, added_breaks timestamptz[], depth int,
    singled uuid[], named uuid[], named_versions int[], label_table smallint,
    out full_name text, out birth_date text, out sex text
) language plpgsql volatile as $$
begin
    perform set_config('chartkey.asked', '', true),
            set_config('chartkey.cells', cells::text, true),
            set_config('chartkey.breaks', breaks::text, true),
            set_config('chartkey.side', side::text, true),
            set_config('chartkey.added_breaks', added_breaks::text, true),
            set_config('chartkey.depth', depth::text, true),
            set_config('chartkey.singled', singled::text, true),
            set_config('chartkey.named', named::text, true),
            set_config('chartkey.named_versions', named_versions::text, true),
            set_config('chartkey.label_table', label_table::text, true);
    select p.full_name, p.birth_date, p.sex into full_name, birth_date, sex from patient p where p.patient_id = gate.patient();
end $$;

reset role;

grant execute on function gate.enter, gate.decide to chartkey_runtime;
grant select, insert on source to chartkey_runtime;
grant select, insert on patient_holder to chartkey_runtime;
grant select, insert, update on patient, subject, claim_code, import, item, attachment to chartkey_runtime;
grant select, insert on item_version to chartkey_runtime;
grant select, insert, delete on item_reference, unassigned to chartkey_runtime;
grant select on all tables in schema public to chartkey_backup;
