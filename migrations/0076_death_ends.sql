-- What was shared ends 30 days after a death was reported, and lasts as long as it was given for where that was wrong.

set local role chartkey_owner;

-- When a report has cut it short, and the end that it had before.
alter table access_grant add column cut_at timestamptz, add column uncut_ends_at timestamptz;
create index access_grant_cut on access_grant (patient_id) where cut_at is not null;

create policy cut on access_grant for update
    using ((select gate.task()) = 'operator' and state in ('active', 'paused'))
    with check ((select gate.task()) = 'operator' and (cut_at is null or ends_at <= cut_at + interval '30 days'));

reset role;

grant update (cut_at, uncut_ends_at) on access_grant to chartkey_runtime;
