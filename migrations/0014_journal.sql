-- What must not come back with a restored database.
--
-- A restore takes the database to an earlier moment, and with it every grant that
-- was withdrawn since. So each act that takes access away is also written to a
-- file outside the database, the journal, before it is acknowledged: a trigger
-- notes it here in the same transaction, so that no path of the code can forget
-- it, and the server moves it into the file before it answers the request.

set local role chartkey_owner;

-- What is not in the journal yet. Identifiers and times only.
create table journal_outbox (
    entry_id uuid primary key default gen_random_uuid(),
    -- Later acts on one thing are later here: they wait for each other's row.
    at timestamptz not null default clock_timestamp(),
    -- As portal::journal::Act reads it.
    act jsonb not null
);
alter table journal_outbox enable row level security;
alter table journal_outbox force row level security;
create policy note on journal_outbox for insert with check (true);
create policy journal on journal_outbox for all using ((select gate.task()) = 'journal');

-- How far each journal file has been written, so that a database that is older
-- than its journal shows. Several servers have a file each.
create table journal_mark (
    file_id uuid primary key,
    -- How many lines, and the SHA-256 of the last.
    lines bigint not null,
    hash text not null,
    written_at timestamptz not null default now()
);

-- Which database this is. A restore or a move changes the live values, and the
-- server stays closed until the journal was replayed.
create table incarnation (
    only_one boolean primary key default true constraint incarnation_only_one check (only_one),
    -- Stays the same for ever; each journal file names it.
    installation_id uuid not null default gen_random_uuid(),
    system_identifier text not null,
    timeline int not null,
    since timestamptz not null default now()
);

create function gate.incarnation(out system_identifier text, out timeline int) language sql stable as $$
    select (select s.system_identifier::text from pg_control_system() s),
        ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
$$;
insert into incarnation (system_identifier, timeline) select * from gate.incarnation();

-- Each restore: to when, where the chains of the log ended, what was taken away
-- again. The anchor file gets it from here.
create table restore (
    restore_id uuid primary key default gen_random_uuid(),
    at timestamptz not null default clock_timestamp(),
    restored_to timestamptz not null,
    -- Chain -> [place, hash], before anything of the restore was written.
    heads jsonb not null,
    taken_away jsonb not null,
    anchored_at timestamptz
);

-- Each backup that was proved, or that failed to be.
create table backup_proof (
    proof_id uuid primary key default gen_random_uuid(),
    at timestamptz not null default now(),
    backup text not null,
    size_bytes bigint,
    seconds double precision not null,
    -- Null: nothing could be compared.
    differences int,
    -- Whether a cluster was started from it, or the copy only checked before it was encrypted.
    is_restored boolean not null,
    failed text,
    report jsonb not null default '{}'
);
create index backup_proof_at on backup_proof (at desc);

-- Notes one act. Whoever adds another way to take access away adds its trigger, its
-- kind to portal::journal::Act and what a replay does with it.
create function gate.journal(act jsonb) returns void language sql volatile
as $$ insert into journal_outbox (act) values (act) $$;

-- A clinician's organization stands beside them, for a database that does not know them any more.
create function gate.of(account uuid) returns uuid language sql stable
as $$ select c.organization_id from clinician c where c.account_id = account $$;

create function gate.journal_grant() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'grant', 'patient', new.patient_id, 'grant', new.grant_id,
        'state', new.state, 'ends_at', new.ends_at));
    return null;
end $$;
create trigger journal after update of state, ends_at on access_grant for each row
    when ((old.state, old.ends_at) is distinct from (new.state, new.ends_at)) execute function gate.journal_grant();

create function gate.journal_block() returns trigger language plpgsql as $$
declare
    changed block := case when tg_op = 'INSERT' then new else old end;
begin
    perform gate.journal(jsonb_build_object('kind', 'block', 'patient', changed.patient_id, 'account', changed.account_id,
        'organization', changed.organization_id, 'of', gate.of(changed.account_id), 'in_force', tg_op = 'INSERT'));
    return null;
end $$;
create trigger journal after insert or delete on block for each row execute function gate.journal_block();

create function gate.journal_exclusion() returns trigger language plpgsql as $$
declare
    changed exclusion := case when tg_op = 'INSERT' then new else old end;
begin
    perform gate.journal(jsonb_build_object('kind', 'exclusion', 'patient', changed.patient_id, 'item', changed.item_id,
        'account', changed.account_id, 'organization', changed.organization_id, 'of', gate.of(changed.account_id),
        'in_force', tg_op = 'INSERT'));
    return null;
end $$;
create trigger journal after insert or delete on exclusion for each row execute function gate.journal_exclusion();

-- A code that was used, refused or called back cannot be used again.
create function gate.journal_code() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'code', 'patient', new.patient_id, 'code', new.code_id));
    return null;
end $$;
create trigger journal after update of state on grant_code for each row
    when (old.state is distinct from new.state) execute function gate.journal_code();

create function gate.journal_claim() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'claim', 'claim', new.claim_id));
    return null;
end $$;
create trigger journal after update on claim_code for each row
    when (old.claimed_by is distinct from new.claimed_by or new.ends_at < old.ends_at or new.tries_left = 0)
    execute function gate.journal_claim();

create function gate.journal_holder() returns trigger language plpgsql as $$
declare
    changed patient_holder := case when tg_op = 'INSERT' then new else old end;
begin
    perform gate.journal(jsonb_build_object('kind', 'holder', 'patient', changed.patient_id, 'account', changed.account_id,
        'in_force', tg_op = 'INSERT'));
    return null;
end $$;
create trigger journal after insert or delete on patient_holder for each row execute function gate.journal_holder();
create policy restore on patient_holder for delete using ((select gate.task()) = 'operator');
-- To claim a record is to take it, and never to give one away.
drop policy claim on patient_holder;
create policy claim_look on patient_holder for select using ((select gate.task()) = 'sign-in');
create policy claim on patient_holder for insert with check ((select gate.task()) = 'sign-in');

-- Of a password only the SHA-256 of what is stored, which itself needs the pepper:
-- enough to tell whether a restored one is the one that was replaced.
create function gate.journal_password() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'password', 'account', new.account_id,
        'digest', encode(sha256(convert_to(new.password_hash, 'UTF8')), 'hex')));
    return null;
end $$;
create trigger journal after update of password_hash on account for each row
    when (old.password_hash is distinct from new.password_hash) execute function gate.journal_password();

reset role;

grant execute on function gate.incarnation, gate.journal, gate.of to chartkey_runtime, chartkey_backup;
grant select, insert, delete on journal_outbox to chartkey_runtime;
grant select, insert, update, delete on journal_mark to chartkey_runtime;
grant select, update (system_identifier, timeline, since) on incarnation to chartkey_runtime;
grant select, insert, update (anchored_at) on restore to chartkey_runtime;
grant select, insert on backup_proof to chartkey_runtime;
grant delete on patient_holder to chartkey_runtime;
grant select on all tables in schema public to chartkey_backup;
