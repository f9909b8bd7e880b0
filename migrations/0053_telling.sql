-- What somebody wants no message about; of all else they are written to. Of an emergency and of their own account always.

set local role chartkey_owner;

create table untold (
    account_id uuid not null references account on delete cascade,
    kind text not null constraint untold_kind check (kind in ('look', 'request', 'ending')),
    primary key (account_id, kind)
);

-- Whether the patient was written to since somebody opened their record for the first time. Those who have opened it before are no news.
alter table viewer_mark add column is_told boolean not null default true;
alter table viewer_mark alter column is_told set default false;
create index viewer_mark_untold on viewer_mark (patient_id, account_id) where not is_told;
-- The operator's task, since no other is told who holds a record.
create policy tell on viewer_mark for all using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');

reset role;

grant select, insert, delete on untold to chartkey_runtime;
grant select on untold to chartkey_backup;
