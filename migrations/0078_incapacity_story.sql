-- The story of a grant that begins when a patient cannot decide, and who is told.

set local role chartkey_owner;

alter table grant_event drop constraint grant_event_kind;
alter table grant_event add constraint grant_event_kind check (kind in (
    'given', 'paused', 'resumed', 'withdrawn', 'replaced', 'given-back', 'passed-on', 'taken-back', 'ended-with', 'registered', 'unregistered',
    'begun', 'reviewed', 'over', 'back'
));
create policy stand_in_look on grant_event for select using (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and (g.purpose = 'incapacity' or g.parent_grant_id is not null))
);
create policy stand_in on grant_event for insert with check (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient()) and kind in ('begun', 'reviewed', 'over', 'ended-with')
    and (select true from access_grant g where g.patient_id = grant_event.patient_id and g.grant_id = grant_event.grant_id
        and (g.purpose = 'incapacity' or g.parent_grant_id is not null))
);

create policy stand_in on patient_holder for select using (
    (select gate.task()) = 'incapacity' and patient_id = (select gate.shared_patient())
);

reset role;
