-- A clinician's list of patients says where something has come in since they looked, without opening a record.

set local role chartkey_owner;

-- Into which records something has come that nobody has looked at yet with the eyes of their grantees.
create table news_due (
    patient_id uuid primary key references patient,
    since timestamptz not null default clock_timestamp()
);

-- Of a grant, for one of its grantees (a profession has many, from whom different things are kept): where in the log of the
-- record the newest came that they may see through it and had not seen then. It is new until they look, which moves their mark.
create table grant_news (
    patient_id uuid not null,
    grant_id uuid not null,
    account_id uuid not null references account on delete cascade,
    seq bigint not null,
    primary key (patient_id, grant_id, account_id),
    foreign key (patient_id, grant_id) references access_grant
);
create index grant_news_account on grant_news (account_id);

alter table news_due enable row level security;
alter table news_due force row level security;
alter table grant_news enable row level security;
alter table grant_news force row level security;

create policy import on news_due for all
    using ((select gate.task()) in ('import', 'worker')) with check ((select gate.task()) in ('import', 'worker'));
-- Written while the record is open with their eyes, so never of what they may not see.
create policy reader on grant_news for all
    using (account_id = (select gate.account()) and patient_id = (select gate.shared_patient()))
    with check (account_id = (select gate.account()) and patient_id = (select gate.shared_patient()));
create policy list on grant_news for select using ((select gate.task()) = 'shared' and account_id = (select gate.account()));

create policy list on viewer_mark for select using ((select gate.task()) = 'shared' and account_id = (select gate.account()));
create policy worker on viewer_mark for select using ((select gate.task()) = 'worker');

reset role;

grant select, insert, update, delete on news_due, grant_news to chartkey_runtime;
grant select on news_due, grant_news to chartkey_backup;
