-- Whom a carer has helped is written to when they stop.

set local role chartkey_owner;

create policy give_back on patient_holder for select using ((select gate.task()) = 'give-back' and patient_id = (select gate.patient()));

reset role;
