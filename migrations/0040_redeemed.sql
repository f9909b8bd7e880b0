-- Whoever redeemed a code sees for a day what became of it.

set local role chartkey_owner;

create policy redeemer on grant_code for select using (redeemed_by = (select gate.account()) and redeemed_at > now() - interval '1 day');

reset role;
