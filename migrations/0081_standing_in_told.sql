-- Whoever helps is told who stands in, and whoever stands in that it is over soon, each time again that somebody has said that it goes on.

set local role chartkey_owner;

grant update (told_at) on ending_told to chartkey_runtime;

alter table letter drop constraint letter_subject;
alter table letter add constraint letter_subject check (subject in (
    'new-password', 'news', 'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off',
    'codes-made', 'code-used', 'factor-lost', 'emergency', 'emergency-contact', 'share-ending', 'passkey-added', 'passkey-removed',
    'passkey-stopped', 'help-changing', 'incapacity-contact', 'incapacity-helper', 'stand-in-ending'
));

reset role;
