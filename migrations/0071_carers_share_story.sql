-- The story of what a carer has shared, where they stop helping.

set local role chartkey_owner;

create policy given_on_story on grant_event for select using (
    (select gate.task()) = 'give-back'
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.parent_grant_id is not null and g.made_by_account_id = (select gate.account()))
);
create policy given_on on grant_event for insert with check (
    (select gate.task()) = 'give-back' and kind = 'ended-with'
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and g.parent_grant_id is not null and g.made_by_account_id = (select gate.account()))
);

reset role;
