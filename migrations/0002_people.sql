-- People, clinicians, organizations and their sessions.

set local role chartkey_owner;

create table account (
    account_id uuid primary key default gen_random_uuid(),
    -- 'person' signs in here; 'clinician' at an organization.
    kind text not null constraint account_kind check (kind in ('person', 'clinician')),
    display_name text not null constraint account_name_length check (length(display_name) between 1 and 200),
    -- Lower case; a person's only. Never an identity for clinicians.
    email text constraint account_email unique,
    -- PHC string of argon2id, keyed with a pepper that is not in the database.
    password_hash text,
    language text not null default 'en',
    created_at timestamptz not null default now(),
    -- A session signed in before this moment is dead.
    sessions_valid_after timestamptz not null default '-infinity',
    constraint account_person check ((kind = 'person') = (email is not null and password_hash is not null))
);

create table organization (
    organization_id uuid primary key default gen_random_uuid(),
    slug text not null constraint organization_slug unique check (slug ~ '^[a-z0-9-]{2,60}$'),
    name text not null,
    issuer text not null,
    client_id text not null,
    -- Null for a public client (PKCE alone).
    client_secret text,
    -- Names of claims in the ID token.
    profession_claim text not null default 'profession',
    identifier_claim text,
    -- What the provider says -> the profession it is here. Only these are let in.
    professions jsonb not null,
    created_at timestamptz not null default now()
);

create table clinician (
    account_id uuid primary key references account,
    organization_id uuid not null references organization,
    issuer text not null,
    subject text not null,
    profession text not null,
    -- An identifier that the organization asserts (an NPI, say).
    identifier text,
    signed_in_at timestamptz not null default now(),
    constraint clinician_identity unique (organization_id, issuer, subject)
);

-- One attempt to sign in at an organization; taken once.
create table sign_in_attempt (
    -- SHA-256 of the state parameter.
    state_hash bytea primary key,
    -- SHA-256 of the cookie that binds the attempt to a browser.
    browser_hash bytea not null,
    organization_id uuid not null references organization,
    nonce text not null,
    verifier text not null,
    started_at timestamptz not null default now(),
    -- Where to go afterwards; a path of ours.
    return_to text
);

create table session (
    -- SHA-256 of the cookie's value: the database cannot be used to sign in.
    session_key bytea primary key,
    account_id uuid references account on delete cascade,
    data jsonb not null,
    created_at timestamptz not null default now(),
    signed_in_at timestamptz,
    seen_at timestamptz not null default now(),
    idle_until timestamptz not null,
    ends_at timestamptz not null
);
create index session_account on session (account_id);
create index session_end on session (idle_until);

-- What a message links to: the end of a sign-up, or the choice of a new password.
create table mail_token (
    -- SHA-256 of the token in the message.
    token_hash bytea primary key,
    purpose text not null constraint mail_token_purpose check (purpose in ('sign-up', 'password')),
    -- Lower case; where the message went.
    email text not null,
    account_id uuid references account on delete cascade,
    created_at timestamptz not null default now(),
    ends_at timestamptz not null,
    used_at timestamptz,
    constraint mail_token_account check ((purpose = 'password') = (account_id is not null))
);
create index mail_token_email on mail_token (email, created_at desc);

-- Failed tries by account and by address; waits that grow are read from here.
create table sign_in_failure (
    -- SHA-256 of what was tried: 'email:…' or 'address:…'.
    subject_hash bytea not null,
    failed_at timestamptz not null default now()
);
create index sign_in_failure_recent on sign_in_failure (subject_hash, failed_at desc);
create index sign_in_failure_old on sign_in_failure (failed_at);

reset role;

grant select, insert, update on account, organization, clinician to chartkey_runtime;
grant select, insert, update, delete on sign_in_attempt, session, mail_token, sign_in_failure to chartkey_runtime;
grant select on all tables in schema public to chartkey_backup;
