-- What a patient says is wrong: a statement that stands beside the item until the patient has
-- resolved or withdrawn it, and what was said about it since.

set local role chartkey_owner;

create table correction (
    patient_id uuid not null references patient,
    correction_id uuid not null default gen_random_uuid(),
    -- Computed, so it is the same when what was taken back comes again.
    item_id uuid not null,
    -- The version that the patient saw.
    version_no int not null,
    -- What is wrong, in the patient's own words.
    statement text not null constraint correction_statement check (length(statement) between 1 and 1000),
    state text not null default 'open'
        constraint correction_state check (state in ('open', 'answered', 'resolved', 'withdrawn')),
    -- How many messages there are, which nobody but the patient is told: a thread has an end.
    messages smallint not null default 0 constraint correction_messages check (messages between 0 and 100),
    opened_at timestamptz not null default now(),
    -- Null: the statement stands.
    ended_at timestamptz,
    primary key (patient_id, correction_id),
    constraint correction_ended check ((state in ('resolved', 'withdrawn')) = (ended_at is not null))
);
-- One at a time for an item; every list looks here for each of its rows.
create unique index correction_standing on correction (patient_id, item_id) where ended_at is null;

-- Its thread: who wrote it is said as it was known then.
create table correction_message (
    patient_id uuid not null,
    correction_id uuid not null,
    message_id uuid not null default gen_random_uuid(),
    account_id uuid not null references account,
    is_patient boolean not null,
    name text not null,
    profession text,
    organization text,
    words text not null constraint correction_message_words check (length(words) between 1 and 1000),
    at timestamptz not null default clock_timestamp(),
    primary key (patient_id, correction_id, message_id),
    foreign key (patient_id, correction_id) references correction
);

alter table correction enable row level security;
alter table correction force row level security;
alter table correction_message enable row level security;
alter table correction_message force row level security;

create policy own on correction for all
    using (patient_id = (select gate.own_patient())) with check (patient_id = (select gate.own_patient()));
-- Whoever sees the item sees what its patient says of it, while it stands.
create policy shared on correction for select using (
    patient_id = (select gate.shared_patient())
    and ended_at is null
    and (select true from item i where i.patient_id = correction.patient_id and i.item_id = correction.item_id)
);
-- A clinician who sees it may answer, and change nothing else.
create policy answer on correction for update
    using (
        patient_id = (select gate.shared_patient())
        and ended_at is null
        and (select gate.organization()) is not null
        and (select true from item i where i.patient_id = correction.patient_id and i.item_id = correction.item_id)
    )
    with check (state = 'answered');
-- What is taken back takes the statement with it.
create policy import on correction for all using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy export on correction for select
    using ((select gate.task()) = 'export' and patient_id = (select gate.patient()));

create policy own on correction_message for all
    using (patient_id = (select gate.own_patient()))
    with check (patient_id = (select gate.own_patient()) and is_patient and account_id = (select gate.account()));
-- What the patient wrote, and one's own: who else reads the record is nobody's business.
create policy shared on correction_message for select using (
    patient_id = (select gate.shared_patient())
    and (is_patient or account_id = (select gate.account()))
    and (select true from correction c
        where c.patient_id = correction_message.patient_id and c.correction_id = correction_message.correction_id)
);
create policy answer on correction_message for insert with check (
    patient_id = (select gate.shared_patient())
    and not is_patient
    and account_id = (select gate.account())
    and (select gate.organization()) is not null
    and (select true from correction c
        where c.patient_id = correction_message.patient_id and c.correction_id = correction_message.correction_id)
);
create policy export on correction_message for select
    using ((select gate.task()) = 'export' and patient_id = (select gate.patient()));

-- A statement that was taken back is not to stand again in a restored database.
create function gate.journal_correction() returns trigger language plpgsql as $$
begin
    perform gate.journal(jsonb_build_object('kind', 'correction', 'patient', new.patient_id, 'correction', new.correction_id));
    return null;
end $$;
create trigger journal after update of ended_at on correction for each row
    when (old.ended_at is null and new.ended_at is not null) execute function gate.journal_correction();

-- The words of a correction wait here, too, until they have been checked.
alter table draft drop constraint draft_kind;
alter table draft add constraint draft_kind check (kind in ('grant', 'correction'));

reset role;

grant select, insert, update (state, messages, ended_at) on correction to chartkey_runtime;
grant select, insert on correction_message to chartkey_runtime;
grant select on correction, correction_message to chartkey_backup;
