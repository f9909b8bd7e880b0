-- What protects an account besides its password must not come back with a restored
-- database either: an address that was left, a second factor that was not there
-- yet, a recovery code that was used.

set local role chartkey_owner;

-- Since when the account has its address: a restored one that is older was left since.
-- The address itself stands in no journal.
alter table account add column email_since timestamptz not null default '-infinity';
alter table account alter column email_since set default now();

create function gate.journal_email() returns trigger language plpgsql as $$
begin
    new.email_since := clock_timestamp();
    perform gate.journal(jsonb_build_object('kind', 'email', 'account', new.account_id, 'since', new.email_since));
    return new;
end $$;
create trigger journal_email before update of email on account for each row
    when (old.email is distinct from new.email) execute function gate.journal_email();

create function gate.journal_second_factor() returns trigger language plpgsql as $$
declare
    changed second_factor := case when tg_op = 'DELETE' then old else new end;
begin
    perform gate.journal(jsonb_build_object('kind', 'second-factor', 'account', changed.account_id, 'made_at', changed.made_at,
        'in_force', tg_op <> 'DELETE'));
    return null;
end $$;
create trigger journal_on after update of confirmed_at on second_factor for each row
    when (old.confirmed_at is null and new.confirmed_at is not null) execute function gate.journal_second_factor();
create trigger journal_off after delete on second_factor for each row
    when (old.confirmed_at is not null) execute function gate.journal_second_factor();

-- Of a code 16 bytes of its digest, which itself needs the pepper: enough to find it again.
create function gate.journal_recovery_code() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'recovery-code', 'account', old.account_id,
        'code', left(encode(old.code_hash, 'hex'), 32)::uuid));
    return null;
end $$;
create trigger journal_used after update of used_at on recovery_code for each row
    when (old.used_at is null and new.used_at is not null) execute function gate.journal_recovery_code();
-- New codes end the old ones.
create trigger journal_gone after delete on recovery_code for each row
    when (old.used_at is null) execute function gate.journal_recovery_code();

reset role;
