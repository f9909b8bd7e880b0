-- What a code would show can be looked at in advance, and given on paper; and a code waits for nobody whom the operator has dismissed.

set local role chartkey_owner;

-- The sentence that the patient had before them when they made the code; null of one that was made before this.
alter table grant_code add column words jsonb;

create policy operator on grant_code for select using ((select gate.task()) = 'operator');
create policy dismissed on grant_code for update
    using ((select gate.task()) = 'operator' and state = 'redeemed') with check ((select gate.task()) = 'operator' and state = 'refused');

reset role;
