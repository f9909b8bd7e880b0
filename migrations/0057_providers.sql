-- What an organization demands of a sign-in at its provider, and the logout tokens that it has sent.

set local role chartkey_owner;

alter table organization
    -- One of these the provider has to say (`acr`); empty: nothing is demanded.
    add column acr_values text[] not null default '{}',
    -- How long ago somebody may have proven themselves there; null: as long as the provider likes.
    add column max_age_seconds int check (max_age_seconds between 0 and 31536000);

-- A logout token counts once (OpenID Connect Back-Channel Logout 1.0, 2.6).
create table logout_token (
    organization_id uuid not null references organization,
    -- SHA-256 of its identifier (`jti`).
    token_hash bytea not null,
    -- From when on its own expiry refuses it.
    ends_at timestamptz not null,
    primary key (organization_id, token_hash)
);
create index logout_token_end on logout_token (ends_at);

reset role;

grant select, insert, delete on logout_token to chartkey_runtime;
grant select on logout_token to chartkey_backup;
