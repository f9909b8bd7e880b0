-- Carers: people who help a patient, with an account of their own. A code for one turns into a grant like any other, for
-- whoever redeems it after signing in, once the patient has confirmed that it is them.

set local role chartkey_owner;

-- Whom a code is for: a clinician, or somebody who helps the patient.
alter table grant_code add column for_carer boolean not null default false;

reset role;
