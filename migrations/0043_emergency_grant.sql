-- An emergency as a grant, what follows it, and who may begin, read and review it. A step of its own, so that an upgrade waits for
-- few tables at a time.

set local role chartkey_owner;

-- An emergency is a grant of that plan to one clinician.
alter table access_grant drop constraint access_grant_purpose;
alter table access_grant add constraint access_grant_purpose
    check (purpose in ('treatment', 'second-opinion', 'coordination', 'other', 'emergency'));
alter table access_grant add constraint access_grant_emergency check (purpose <> 'emergency'
    or (grantee_account_id is not null and organization_id is not null and not may_export and not may_write and not may_delegate));

-- What follows it: the patient reads that it happened, and somebody else of the organization looks whether it had to be.
create table emergency_look (
    patient_id uuid not null,
    grant_id uuid not null,
    account_id uuid not null references account,
    organization_id uuid not null references organization,
    reason text not null,
    opened_at timestamptz not null default now(),
    read_at timestamptz,
    primary key (patient_id, grant_id),
    foreign key (patient_id, grant_id) references access_grant
);
create index emergency_look_organization on emergency_look (organization_id, opened_at);

create table emergency_review (
    patient_id uuid not null,
    grant_id uuid not null,
    account_id uuid not null references account,
    organization_id uuid not null references organization,
    finding text not null constraint emergency_review_finding check (finding in ('needed', 'not-needed')),
    words text not null,
    reviewed_at timestamptz not null default now(),
    primary key (patient_id, grant_id),
    foreign key (patient_id, grant_id) references emergency_look
);

alter table emergency_look enable row level security;
alter table emergency_look force row level security;
alter table emergency_review enable row level security;
alter table emergency_review force row level security;

-- To one clinician, for an hour at most, and what the plan says.
create policy emergency on access_grant for insert with check (
    (select gate.task()) = 'emergency'
    and patient_id = (select gate.patient()) and purpose = 'emergency' and state = 'active'
    and grantee_account_id = (select gate.account()) and organization_id = (select gate.organization())
    and starts_at <= now() and ends_at <= now() + interval '60 minutes' and parent_grant_id is null and made_by_account_id is null
    and (select true from emergency_plan p where p.patient_id = access_grant.patient_id and p.extent <> 'nothing'
        and p.categories = access_grant.categories and p.labels = access_grant.labels)
);
-- Nobody else begins one, the patient neither.
create policy emergency_only on access_grant as restrictive for insert with check (
    purpose <> 'emergency' or (select gate.task()) = 'emergency'
);
-- One whose hour is over makes room.
create policy emergency_over on access_grant for update
    using (
        (select gate.task()) = 'emergency' and patient_id = (select gate.patient()) and purpose = 'emergency'
        and grantee_account_id = (select gate.account()) and state in ('active', 'paused') and ends_at <= now()
    )
    with check (state = 'replaced');
-- Whom the patient has stopped is one clinician, in whatever account.
create policy emergency_earlier on access_grant for select using (
    (select gate.task()) = 'emergency' and patient_id = (select gate.patient()) and purpose = 'emergency'
    and grantee_account_id = any ((select gate.accounts_of(gate.account()))::uuid[])
);
create policy emergency on grant_event for insert with check (
    (select gate.task()) = 'emergency' and patient_id = (select gate.patient()) and kind = 'given'
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.purpose = 'emergency' and g.grantee_account_id = (select gate.account()))
);

create policy own on emergency_look for select using (patient_id = (select gate.own_patient()));
create policy read on emergency_look for update
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
create policy opened on emergency_look for insert with check (
    (select gate.task()) = 'emergency' and patient_id = (select gate.patient())
    and account_id = (select gate.account()) and organization_id = (select gate.organization()) and read_at is null
    and (select true from access_grant g where g.patient_id = emergency_look.patient_id and g.grant_id = emergency_look.grant_id
        and g.purpose = 'emergency' and g.grantee_account_id = (select gate.account()))
);
-- Whoever works where it happened; it is closed by somebody else than who looked.
create policy review on emergency_look for select using (
    (select gate.task()) = 'review' and organization_id = (select gate.organization())
);
create policy own on emergency_review for select using (patient_id = (select gate.own_patient()));
create policy review on emergency_review for select using (
    (select gate.task()) = 'review' and organization_id = (select gate.organization())
);
create policy close on emergency_review for insert with check (
    (select gate.task()) = 'review' and account_id = (select gate.account()) and organization_id = (select gate.organization())
    and (select true from emergency_look l where l.patient_id = emergency_review.patient_id and l.grant_id = emergency_review.grant_id
        and l.organization_id = emergency_review.organization_id and l.account_id <> all ((select gate.accounts_of(gate.account()))::uuid[]))
);
reset role;

grant select, insert, update (read_at) on emergency_look to chartkey_runtime;
grant select, insert on emergency_review to chartkey_runtime;
grant select on emergency_look, emergency_review to chartkey_backup;
