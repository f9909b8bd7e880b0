-- The story of a share that a practice has registered, and ended.

set local role chartkey_owner;

alter table grant_event drop constraint grant_event_kind;
alter table grant_event add constraint grant_event_kind check (kind in (
    'given', 'paused', 'resumed', 'withdrawn', 'replaced', 'given-back', 'passed-on', 'taken-back', 'ended-with', 'registered', 'unregistered'
));
create policy register on grant_event for insert with check (
    (select gate.task()) = 'sign-in' and kind = 'registered' and event_no = 1
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.organization_id is null and g.created_at = now())
    and (select true from claim_code c where c.patient_id = grant_event.patient_id and c.claimed_at = now() and c.help is not null limit 1)
);
create policy unregister_look on grant_event for select using ((select gate.task()) = 'operator');
create policy unregister on grant_event for insert with check (
    (select gate.task()) = 'operator' and kind in ('unregistered', 'ended-with')
);

reset role;
