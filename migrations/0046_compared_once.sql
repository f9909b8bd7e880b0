-- What tells the same is compared once: whatever comes later takes nothing apart, and whatever goes joins nothing, since
-- either may be kept from somebody before whose eyes it would happen.

set local role chartkey_owner;

-- The key of which one source had more than one when it was compared: it is one with nothing of that key.
alter table item add column apart uuid;

reset role;
