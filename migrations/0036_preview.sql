-- A patient looks at their own record with the eyes of somebody to whom they have given a grant, or are about to; and what
-- they answered when they were asked what a grant shows.

set local role chartkey_owner;

-- When a preview was last written down, so that it is one event however many of its pages are opened. With the sentence: a
-- draft whose answers have changed is another preview.
create table preview_mark (
    patient_id uuid not null references patient,
    account_id uuid not null references account on delete cascade,
    -- The grant, or the draft of one.
    preview_id uuid not null,
    sentence text not null,
    at timestamptz not null default now(),
    primary key (patient_id, account_id, preview_id)
);
create index preview_mark_at on preview_mark (at);

alter table preview_mark enable row level security;
alter table preview_mark force row level security;

create policy own on preview_mark for all
    using (patient_id = (select gate.own_patient()) and account_id = (select gate.account()))
    with check (patient_id = (select gate.own_patient()) and account_id = (select gate.account()));
create policy worker on preview_mark for all using ((select gate.task()) = 'worker');

-- Where and as what somebody works of whom no account is known: whoever will redeem a code, or somebody of an organization's
-- profession. Said by gate.preview alone; a clinician has an organization of their own, whatever is said.
create or replace function gate.organization() returns uuid language plpgsql stable as $$
begin
    return coalesce((select c.organization_id from clinician c where c.account_id = gate.account()),
        nullif(current_setting('chartkey.as_organization', true), '')::uuid);
end $$;
create or replace function gate.profession() returns text language plpgsql stable as $$
begin
    return coalesce((select c.profession from clinician c where c.account_id = gate.account()),
        nullif(current_setting('chartkey.as_profession', true), ''));
end $$;

-- From here on the transaction is the grantee's: what the policies and the door ask of the account is asked of theirs, and
-- nothing of the patient's own rights is left. It can write nothing any more, and PostgreSQL lets no transaction take that back.
create function gate.preview(grantee uuid, organization uuid, profession text) returns void language plpgsql volatile as $$
begin
    if gate.own_patient() is null then
        raise exception 'a record is previewed by its patient alone';
    end if;
    perform set_config('chartkey.own', '', true),
            set_config('chartkey.account', grantee::text, true),
            set_config('chartkey.as_organization', coalesce(organization::text, ''), true),
            set_config('chartkey.as_profession', coalesce(profession, ''), true),
            set_config('transaction_read_only', 'on', true);
end $$;

-- As before; and a look that does not count finds what it would have found if it had.
create or replace function gate.look(
    counts boolean,
    out since_seq bigint, out since_at timestamptz, out came timestamptz[]
) language plpgsql volatile as $$
declare
    head bigint := coalesce((select h.seq from chain_head h where h.chain = 'patient/' || gate.patient()), 0);
    visit constant interval := interval '30 minutes';
    mark viewer_mark;
begin
    if counts then
        insert into viewer_mark as m (patient_id, account_id, seen_seq, seen_at) values (gate.patient(), gate.account(), head, now())
        on conflict (patient_id, account_id) do update set
            since_seq = case when now() - m.seen_at > visit then m.seen_seq else m.since_seq end,
            since_at = case when now() - m.seen_at > visit then m.seen_at else m.since_at end,
            seen_seq = greatest(m.seen_seq, excluded.seen_seq),
            seen_at = greatest(m.seen_at, excluded.seen_at)
        returning * into mark;
    else
        select * into mark from viewer_mark m where m.patient_id = gate.patient() and m.account_id = gate.account();
        if now() - mark.seen_at > visit then
            mark.since_seq := mark.seen_seq;
            mark.since_at := mark.seen_at;
        end if;
    end if;
    since_seq := mark.since_seq;
    since_at := mark.since_at;
    came := array(select distinct a.added_at from arrival a where a.patient_id = gate.patient() and a.seq > mark.since_seq);
end $$;

alter table draft
    -- The sentence that the patient had before them when they asked to see what it shows; null once an answer has changed.
    add column words jsonb,
    -- The questions about understanding that were answered, in order.
    add column answered jsonb not null default '[]';

-- The same, until somebody has redeemed the code.
alter table grant_code add column answered jsonb not null default '[]';

reset role;

grant execute on function gate.preview to chartkey_runtime;
grant select, insert, update, delete on preview_mark to chartkey_runtime;
grant select on preview_mark to chartkey_backup;
