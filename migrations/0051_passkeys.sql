-- Passkeys: keys that a person's devices keep (WebAuthn). They stand beside the password.

set local role chartkey_owner;

create table passkey (
    passkey_id uuid primary key default gen_random_uuid(),
    account_id uuid not null references account on delete cascade,
    -- What its authenticator calls it.
    credential_id bytea not null constraint passkey_once unique,
    -- What its holder calls it.
    name text not null constraint passkey_name check (char_length(name) between 1 and 60),
    -- The public key, its counter and its flags, as `portal::passkeys::webauthn` reads them.
    credential jsonb not null,
    made_at timestamptz not null default now(),
    used_at timestamptz,
    -- Since when it opens nothing: its counter went backwards, so somebody may have a copy.
    stopped_at timestamptz
);
create index passkey_account on passkey (account_id);

-- What a browser was asked, until it answers: taken once, and by nobody else.
create table passkey_question (
    -- SHA-256 of what the browser holds: the cookie of its session, or, before there is one, a cookie of its own.
    holder_hash bytea not null,
    purpose text not null constraint passkey_question_purpose check (purpose in ('add', 'sign-in', 'again')),
    account_id uuid references account on delete cascade,
    -- The challenge and what is asked with it.
    question jsonb not null,
    ends_at timestamptz not null default now() + interval '5 minutes',
    primary key (holder_hash, purpose),
    constraint passkey_question_account check ((purpose = 'sign-in') = (account_id is null))
);
create index passkey_question_end on passkey_question (ends_at);
create index passkey_question_account_of on passkey_question (account_id);

alter table letter drop constraint letter_subject;
alter table letter add constraint letter_subject check (subject in (
    'new-password', 'news', 'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off',
    'codes-made', 'code-used', 'factor-lost', 'emergency', 'emergency-contact', 'share-ending', 'passkey-added', 'passkey-removed',
    'passkey-stopped'
));

-- One that was taken away, or stopped, must not open anything again after a restore.
create function gate.journal_passkey() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'passkey', 'account', old.account_id, 'passkey', old.passkey_id));
    return null;
end $$;
create trigger journal_gone after delete on passkey for each row execute function gate.journal_passkey();
create trigger journal_stopped after update of stopped_at on passkey for each row
    when (old.stopped_at is null and new.stopped_at is not null) execute function gate.journal_passkey();

reset role;

grant select, insert, update, delete on passkey, passkey_question to chartkey_runtime;
grant select on passkey, passkey_question to chartkey_backup;
