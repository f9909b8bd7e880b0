-- A clinician asks a patient for a share. The patient gives what they want of it, asks why, or refuses.

set local role chartkey_owner;

-- What a patient gives to whoever wants to ask them. It says nothing of them, and opens nothing.
create table share_name (
    patient_id uuid primary key references patient,
    name text not null constraint share_name_once unique,
    since timestamptz not null default now()
);

create table access_request (
    request_id uuid primary key default gen_random_uuid(),
    -- Who asks, and where they work.
    account_id uuid not null references account,
    organization_id uuid not null references organization,
    -- Whom; null where nobody is called so, or they have blocked who asks: whoever asks cannot tell.
    patient_id uuid references patient,
    -- Of the name as it was typed, with a key: to ask again is counted whether or not somebody is called so.
    name_hash bytea not null,
    -- What for and what, as answers to the questions before a grant; and how long, from when it is given.
    terms jsonb not null,
    length text not null,
    -- Why, in the words of who asks.
    words text not null,
    state text not null default 'sent' constraint access_request_state check (state in ('sent', 'given', 'refused', 'withdrawn')),
    -- What became of it.
    grant_id uuid,
    asked_at timestamptz not null default now(),
    answered_at timestamptz
);
create index access_request_patient on access_request (patient_id, asked_at desc) where patient_id is not null;
create index access_request_asker on access_request (account_id, asked_at desc);

-- What was said about a request: "why?", and the answer.
create table access_request_message (
    request_id uuid not null references access_request,
    message_no int not null,
    is_patient boolean not null,
    words text not null,
    at timestamptz not null default now(),
    primary key (request_id, message_no)
);

-- The draft of a grant that answers a request.
alter table draft add column request_id uuid references access_request;

alter table share_name enable row level security;
alter table share_name force row level security;
alter table access_request enable row level security;
alter table access_request force row level security;
alter table access_request_message enable row level security;
alter table access_request_message force row level security;

create policy own on share_name for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
-- A clinician finds it by the name itself, as a code is found by its first letters.
create policy ask on share_name for select using ((select gate.task()) = 'ask' and name = (select gate.selector()));

create policy own on access_request for select using (patient_id = (select gate.own_patient()));
create policy answer on access_request for update
    using (patient_id = (select gate.own_patient()) and state = 'sent')
    with check (patient_id = (select gate.own_patient()) and state in ('given', 'refused'));
create policy asker on access_request for select using (account_id = (select gate.account()));
create policy ask on access_request for insert with check (
    account_id = (select gate.account()) and organization_id = (select gate.organization()) and state = 'sent' and grant_id is null
    and (patient_id is null or (select true from share_name s where s.patient_id = access_request.patient_id))
);
create policy withdraw on access_request for update
    using (account_id = (select gate.account()) and state = 'sent')
    with check (account_id = (select gate.account()) and state = 'withdrawn' and grant_id is null);

create policy seen on access_request_message for select
    using ((select true from access_request r where r.request_id = access_request_message.request_id));
create policy said on access_request_message for insert with check (
    (select true from access_request r where r.request_id = access_request_message.request_id and r.state = 'sent'
        and case when is_patient then r.patient_id = (select gate.own_patient()) else r.account_id = (select gate.account()) end)
);

reset role;

grant select, insert, update, delete on share_name to chartkey_runtime;
grant select, insert on access_request to chartkey_runtime;
grant update (state, grant_id, answered_at) on access_request to chartkey_runtime;
grant select, insert on access_request_message to chartkey_runtime;
grant select on share_name, access_request, access_request_message to chartkey_backup;
