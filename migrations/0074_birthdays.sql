-- A birthday after which a carer sees less, or nothing, is announced 60 days before, once to each.

set local role chartkey_owner;

create table birthday_told (
    patient_id uuid not null,
    grant_id uuid not null,
    about text not null constraint birthday_told_about check (about in ('labels', 'end')),
    told_at timestamptz not null default now(),
    primary key (patient_id, grant_id, about),
    foreign key (patient_id, grant_id) references access_grant
);
alter table birthday_told enable row level security;
alter table birthday_told force row level security;
create policy worker on birthday_told for all using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');

alter table letter drop constraint letter_subject;
alter table letter add constraint letter_subject check (subject in (
    'new-password', 'news', 'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off',
    'codes-made', 'code-used', 'factor-lost', 'emergency', 'emergency-contact', 'share-ending', 'passkey-added', 'passkey-removed',
    'passkey-stopped', 'help-changing'
));

reset role;

grant select, insert on birthday_told to chartkey_runtime;
grant select on birthday_told to chartkey_backup;
