-- What is new since somebody last looked, and the ways of looking through everything by date.

set local role chartkey_owner;

-- When something came into a record, as the record's own log counts. By the clock alone, what
-- an import had begun to bring before a look, and committed after it, would never be new.
create table arrival (
    patient_id uuid not null references patient,
    -- The place of the import's event in the chain of the patient.
    seq bigint not null,
    -- `item.added_at` of all that it brought.
    added_at timestamptz not null,
    primary key (patient_id, seq)
);

-- How far somebody has seen a record. Of each visit the last look counts, and a visit ends
-- half an hour after it: reading again shows the same list again.
create table viewer_mark (
    patient_id uuid not null references patient,
    account_id uuid not null references account on delete cascade,
    -- Where the chain stood at the last look of the visit before, and when that was: what came
    -- later is new. Null in the first visit.
    since_seq bigint,
    since_at timestamptz,
    -- The same of the visit that goes on.
    seen_seq bigint not null,
    seen_at timestamptz not null,
    primary key (patient_id, account_id)
);

alter table arrival enable row level security;
alter table arrival force row level security;
alter table viewer_mark enable row level security;
alter table viewer_mark force row level security;

-- No page shows an arrival: it is what the items that the reader may see are asked by.
create policy own on arrival for select using (patient_id = (select gate.own_patient()));
create policy shared on arrival for select using (patient_id = (select gate.shared_patient()));
create policy import on arrival for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

-- One's own mark alone, and only while the record is open to one.
create policy viewer on viewer_mark for all
    using (
        account_id = (select gate.account())
        and patient_id = (select coalesce(gate.own_patient(), gate.shared_patient()))
    )
    with check (
        account_id = (select gate.account())
        and patient_id = (select coalesce(gate.own_patient(), gate.shared_patient()))
    );

-- The mark of the reader of the open record, moved by this look if it counts; and when that
-- came in which is new to them.
create function gate.look(
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
    end if;
    since_seq := mark.since_seq;
    since_at := mark.since_at;
    came := array(select distinct a.added_at from arrival a where a.patient_id = gate.patient() and a.seq > mark.since_seq);
end $$;

-- What came in, whoever asks; and everything of a person, of a place, of a source by date.
create index item_added on item (patient_id, added_at, sort_at desc);
create index item_author on item (patient_id, (author collate "C"), sort_at desc, item_id desc) where author is not null;
create index item_place on item (patient_id, (place collate "C"), sort_at desc, item_id desc) where place is not null;
create index item_source on item (patient_id, source_id, sort_at desc, item_id desc);

-- Results that lie outside, as pages tell it: what the laboratory says itself, else its range.
create index item_outside on item (patient_id, sort_at desc, item_id desc)
    where category = 6 and not is_error and value_text is not null
        and (interpretation = any (array['HH', 'HU', 'CH', 'LL', 'LU', 'CL', 'H', '>', 'L', '<', 'A', 'AA'])
            or (interpretation is distinct from 'N' and (value_num < range_low or value_num > range_high)));

reset role;

grant execute on function gate.look to chartkey_runtime;
grant select, insert on arrival to chartkey_runtime;
grant select, insert, update on viewer_mark to chartkey_runtime;
grant select on arrival, viewer_mark to chartkey_backup;
