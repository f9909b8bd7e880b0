-- Whether the patient was written to since somebody asked. The message is written later by a worker, so that asking takes the same time
-- whether or not somebody has the share name.

set local role chartkey_owner;

alter table access_request add column is_told boolean not null default true;
alter table access_request alter column is_told set default false;
create index access_request_untold on access_request (request_id) where not is_told;
create policy tell on access_request for all using ((select gate.task()) = 'operator') with check ((select gate.task()) = 'operator');

reset role;

grant update (is_told) on access_request to chartkey_runtime;
