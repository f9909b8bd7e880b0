-- The roles of a cluster. Not a migration (it has no number): roles belong to
-- the cluster, and databases of one cluster share them. May run again: what is
-- there is set to what it has to be. Passwords are given elsewhere.

do $$
declare
  name text;
begin
  foreach name in array array['chartkey_owner', 'chartkey_migrator', 'chartkey_runtime', 'chartkey_backup'] loop
    begin
      execute format('create role %I', name);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;

-- Owns every object and cannot sign in: nobody works as the owner by accident.
alter role chartkey_owner nologin nosuperuser nocreaterole nocreatedb nobypassrls;

-- Changes the schema, as the owner.
alter role chartkey_migrator login nosuperuser nocreaterole nocreatedb nobypassrls;
grant chartkey_owner to chartkey_migrator;

-- What the server is: neither owner nor able to go round row security.
-- Policies are planned once for every reader; compiling a query costs more
-- than these queries take (both measured).
alter role chartkey_runtime login nosuperuser nocreaterole nocreatedb nobypassrls;
alter role chartkey_runtime set plan_cache_mode = force_generic_plan;
alter role chartkey_runtime set jit = off;

-- Reads everything and changes nothing. REPLICATION is what pg_basebackup needs: a copy of the
-- files shows no more than BYPASSRLS does already, and a role of its own can be taken away alone.
alter role chartkey_backup login nosuperuser nocreaterole nocreatedb bypassrls replication;
alter role chartkey_backup set default_transaction_read_only = on;
