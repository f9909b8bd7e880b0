-- Independent clinicians have no colleague who could say whether what they opened in an emergency had to be opened: whoever admitted
-- them does, the operator, who has no account.

set local role chartkey_owner;

alter table emergency_review alter column account_id drop not null;
comment on column emergency_review.account_id is 'Null: the operator';

create policy operator on emergency_look for select using (
    (select gate.task()) = 'operator' and gate.is_independent(organization_id)
);
create policy operator on emergency_review for select using (
    (select gate.task()) = 'operator' and gate.is_independent(organization_id)
);
create policy close_operator on emergency_review for insert with check (
    (select gate.task()) = 'operator' and account_id is null and gate.is_independent(organization_id)
    and (select true from emergency_look l where l.patient_id = emergency_review.patient_id and l.grant_id = emergency_review.grant_id
        and l.organization_id = emergency_review.organization_id)
);

reset role;
