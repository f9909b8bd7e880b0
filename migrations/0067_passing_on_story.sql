-- The story of what was passed on, as whoever did so writes it.

set local role chartkey_owner;

alter table grant_event drop constraint grant_event_kind;
alter table grant_event add constraint grant_event_kind
    check (kind in ('given', 'paused', 'resumed', 'withdrawn', 'replaced', 'given-back', 'passed-on', 'taken-back', 'ended-with'));
create policy passed_on on grant_event for select using (
    (select gate.task()) = 'pass-on'
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.parent_grant_id is not null and g.made_by_account_id = (select gate.account()))
);
create policy passed_on_story on grant_event for insert with check (
    (select gate.task()) = 'pass-on' and kind in ('passed-on', 'taken-back')
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.parent_grant_id is not null and g.made_by_account_id = (select gate.account()))
);

reset role;
