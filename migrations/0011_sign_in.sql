-- People come back in: the devices of an account, a second factor, losing it, and a
-- changed e-mail address.

set local role chartkey_owner;

-- What a person recognises a session by. Its key stays where it is.
alter table session add column session_id uuid not null default gen_random_uuid() constraint session_once unique;
-- The family of the browser and of its system, as `chartkey_domain::device` names them.
alter table session add column browser text not null default 'unknown';
alter table session add column system text not null default 'unknown';

-- A browser in which the holder of an account has signed in. Tries from it are counted
-- apart from everybody else's, so that a stranger cannot make its owner wait.
create table known_device (
    device_id uuid primary key default gen_random_uuid(),
    account_id uuid not null references account on delete cascade,
    -- SHA-256 of what the browser's cookie holds; another at each sign-in.
    device_hash bytea not null,
    browser text not null,
    system text not null,
    first_at timestamptz not null default now(),
    signed_in_at timestamptz not null default now(),
    ends_at timestamptz not null,
    constraint known_device_once unique (device_hash, account_id)
);
create index known_device_account on known_device (account_id);
create index known_device_end on known_device (ends_at);

-- A second factor by TOTP (RFC 6238).
create table second_factor (
    account_id uuid primary key references account on delete cascade,
    -- Nonce and seed, encrypted with a key that is not in the database.
    sealed_seed bytea not null,
    made_at timestamptz not null default now(),
    -- Null until a code of it was typed: before that it asks nobody for anything.
    confirmed_at timestamptz,
    -- The time step of the last code that was taken. One of an earlier step is taken no more.
    last_step bigint not null default 0,
    -- The recovery codes, encrypted like the seed, until their holder has put them away.
    sealed_codes bytea,
    codes_until timestamptz,
    constraint second_factor_codes check ((sealed_codes is null) = (codes_until is null))
);

create table recovery_code (
    account_id uuid not null references second_factor on delete cascade,
    -- A digest with the pepper.
    code_hash bytea not null,
    used_at timestamptz,
    primary key (account_id, code_hash)
);

-- Somebody with the password says that the second factor is lost. After the wait it is
-- removed at the next right password; then the loss ends, used or not.
create table factor_loss (
    account_id uuid primary key references second_factor on delete cascade,
    begun_at timestamptz not null default now(),
    ready_at timestamptz not null default now() + interval '72 hours',
    ends_at timestamptz not null default now() + interval '72 hours' + interval '14 days',
    -- When the holder was last told.
    told_at timestamptz not null default now()
);

-- A right password that still lacks its code: no session, and bound to one browser.
create table half_sign_in (
    -- SHA-256 of the browser's cookie.
    half_hash bytea primary key,
    account_id uuid not null references account on delete cascade,
    -- When the password was right: one that was changed since is not.
    proven_at timestamptz not null,
    tries_left smallint not null default 5 check (tries_left >= 0),
    ends_at timestamptz not null default now() + interval '10 minutes'
);
create index half_sign_in_end on half_sign_in (ends_at);

-- The same links, for more: confirm a new address, undo the change of one, keep a
-- second factor that somebody says is lost.
alter table mail_token drop constraint mail_token_purpose;
alter table mail_token drop constraint mail_token_account;
alter table mail_token add constraint mail_token_purpose
    check (purpose in ('sign-up', 'password', 'email', 'undo-email', 'keep-factor'));
alter table mail_token add constraint mail_token_account check ((purpose = 'sign-up') = (account_id is null));
create index mail_token_by_account on mail_token (account_id);

-- Messages that were decided with a change and wait to be sent.
create table letter (
    letter_id uuid primary key default gen_random_uuid(),
    email text not null,
    subject text not null constraint letter_subject check (subject in (
        'confirm-email', 'address-in-use', 'email-changed', 'password-changed', 'factor-on', 'factor-off', 'codes-made', 'code-used',
        'factor-lost', 'new-password', 'news'
    )),
    -- What the token of its link is derived from, with a key that is not in the database.
    token_id uuid,
    made_at timestamptz not null default now(),
    not_before timestamptz not null default now()
);
create index letter_next on letter (not_before);

-- A clinician proves themselves again at their organization's provider.
alter table sign_in_attempt add column is_again boolean not null default false;
-- The sign-in that the provider vouched to be fresh, if the last one was.
alter table clinician add column proven_at timestamptz;

reset role;

grant select, insert, update, delete on known_device, second_factor, recovery_code, factor_loss, half_sign_in, letter to chartkey_runtime;
grant select on known_device, second_factor, recovery_code, factor_loss, half_sign_in, letter to chartkey_backup;
