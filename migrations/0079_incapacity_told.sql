-- Whom the patient has named for emergencies is told as well.

set local role chartkey_owner;

create policy stand_in on emergency_plan for select using (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
);

alter table letter drop constraint letter_subject;
alter table letter add constraint letter_subject check (subject in (
    'new-password', 'news', 'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off',
    'codes-made', 'code-used', 'factor-lost', 'emergency', 'emergency-contact', 'share-ending', 'passkey-added', 'passkey-removed',
    'passkey-stopped', 'help-changing', 'incapacity-contact'
));

reset role;
