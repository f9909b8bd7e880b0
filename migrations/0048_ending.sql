-- A share that ends soon is announced, once; and whoever had one may ask its patient again.

set local role chartkey_owner;

-- Seven days before the end, or when a quarter of a shorter share is left: one of an afternoon is not announced as it begins.
create function gate.ends_soon(starts timestamptz, ends timestamptz) returns boolean language sql stable
as $$ select coalesce(ends > now() and ends - now() <= least(interval '7 days', (ends - starts) / 4), false) $$;

-- Which shares were announced, so that each is announced once, however many workers there are and whatever they survive.
create table ending_told (
    patient_id uuid not null,
    grant_id uuid not null,
    told_at timestamptz not null default now(),
    primary key (patient_id, grant_id),
    foreign key (patient_id, grant_id) references access_grant
);
alter table ending_told enable row level security;
alter table ending_told force row level security;
-- The operator's task, since no other is told who holds a record.
create policy worker on ending_told for all using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');

create index access_grant_end on access_grant (ends_at) where state = 'active';

alter table letter drop constraint letter_subject;
alter table letter add constraint letter_subject check (subject in (
    'new-password', 'news', 'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off',
    'codes-made', 'code-used', 'factor-lost', 'emergency', 'emergency-contact', 'share-ending'
));

-- Whoever has a share, or had one within 90 days, asks its patient without a share name: they know them. A blocked one is shown
-- nothing that they could ask by.
create policy ask_again on access_request for insert with check (
    account_id = (select gate.account()) and organization_id = (select gate.organization()) and state = 'sent' and grant_id is null
    and (select true from access_grant g where g.patient_id = access_request.patient_id and g.purpose <> 'emergency'
        and (g.grantee_account_id = (select gate.account()) or (g.grantee_account_id is null and g.organization_id = (select gate.organization())
            and (select gate.profession()) = any (g.professions)))
        and coalesce(least(g.ended_at, g.ends_at) > now() - interval '90 days', true) limit 1)
);

reset role;

grant execute on function gate.ends_soon to chartkey_runtime;
grant select, insert on ending_told to chartkey_runtime;
grant select on ending_told to chartkey_backup;
