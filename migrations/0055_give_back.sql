-- A carer stops helping: what they were given for it ends, and nothing else of it changes.

set local role chartkey_owner;

alter table grant_event drop constraint grant_event_kind;
alter table grant_event add constraint grant_event_kind check (kind in ('given', 'paused', 'resumed', 'withdrawn', 'replaced', 'given-back'));
create policy give_back on access_grant for update
    using (
        (select gate.task()) = 'give-back' and patient_id = (select gate.patient())
        and organization_id is null and grantee_account_id = (select gate.account()) and state in ('active', 'paused')
    )
    with check (state = 'withdrawn' and ended_at = now());
create policy give_back_story on grant_event for select using (
    (select gate.task()) = 'give-back'
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.organization_id is null and g.grantee_account_id = (select gate.account()))
);
create policy give_back on grant_event for insert with check (
    (select gate.task()) = 'give-back' and kind = 'given-back'
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.organization_id is null and g.grantee_account_id = (select gate.account()))
);
reset role;
