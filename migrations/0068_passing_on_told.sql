-- The patient of whose record something was passed on is written to.

set local role chartkey_owner;

create policy pass_on on patient_holder for select using (
    (select gate.task()) = 'pass-on' and patient_id = (select gate.patient())
    and (select true from access_grant g where g.patient_id = patient_holder.patient_id and g.parent_grant_id is not null
        and g.made_by_account_id = (select gate.account()) limit 1)
);

reset role;
