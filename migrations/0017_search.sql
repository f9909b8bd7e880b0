-- Search: the words of what a record holds, stored beside it once for all things of one
-- record that say the same, and what somebody searched for, as long as their session lives.

set local role chartkey_owner;

-- Codes and words of one or many things of a record, folded (chartkey_domain::phrase says how).
-- The key is a digest of the text. A record of 10,000 items has some hundred of them: a search
-- reads them all, so nobody needs an index of words, and mistakes are looked for among the
-- words that the reader may see and no others.
create table phrase (
    patient_id uuid not null,
    phrase_id uuid not null,
    words text not null,
    primary key (patient_id, phrase_id)
);

-- What every reader of the item may find it by: its name, codes and value, and of a
-- document its text. And what its patient alone may: everything else that it says.
alter table item add column shown_id uuid, add column kept_id uuid;
alter table attachment add column shown_id uuid, add column kept_id uuid;
create index item_shown on item (patient_id, shown_id) where shown_id is not null;
create index item_kept on item (patient_id, kept_id) where kept_id is not null;
create index attachment_shown on attachment (patient_id, shown_id) where shown_id is not null;

-- The version of the words of everything in the record; 0: they have not been read yet.
alter table patient add column phrased_by smallint not null default 0;

-- As before, but for the end of the look: one item that names it is enough.
drop policy shared on attachment;
create policy shared on attachment for select using (
    patient_id = (select gate.shared_patient())
    and (select true from item_reference r where r.patient_id = attachment.patient_id and r.target_id = attachment.item_id limit 1)
);

alter table phrase enable row level security;
alter table phrase force row level security;
create policy own on phrase for select using (patient_id = (select gate.own_patient()));
-- Others see the words of what they see. What is kept for the patient is nobody's `shown_id`,
-- unless something that they see says the same.
create policy shared on phrase for select using (
    patient_id = (select gate.shared_patient())
    and coalesce(
        (select true from item i where i.patient_id = phrase.patient_id and i.shown_id = phrase.phrase_id limit 1),
        (select true from attachment a where a.patient_id = phrase.patient_id and a.shown_id = phrase.phrase_id limit 1),
        false)
);
create policy import on phrase for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

-- What somebody searched for in a record: gone with the session, and at another sign-in.
create table search (
    search_id uuid primary key default gen_random_uuid(),
    session_key bytea not null references session on delete cascade,
    account_id uuid not null,
    patient_id uuid not null,
    -- The words, sealed with a key that is not in the database, for this account and record.
    sealed bytea not null,
    made_at timestamptz not null default clock_timestamp()
);
create index search_session on search (session_key, made_at desc);

alter table search enable row level security;
alter table search force row level security;
create policy own on search for all
    using (account_id = (select gate.account())) with check (account_id = (select gate.account()));

reset role;

grant select, insert, delete on phrase, search to chartkey_runtime;
grant select on phrase, search to chartkey_backup;
