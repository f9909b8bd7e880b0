-- The roles of a cluster. Running it again changes nothing but what is missing.
-- Passwords are set by the caller, never here.
do $$ begin
    -- Owns every object and cannot log in.
    if not exists (select from pg_roles where rolname = 'chartkey_owner') then
        create role chartkey_owner nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'chartkey_migrator') then
        create role chartkey_migrator login in role chartkey_owner;
    end if;
    -- What the server and its worker are: row security holds for it.
    if not exists (select from pg_roles where rolname = 'chartkey_runtime') then
        create role chartkey_runtime login;
    end if;
    if not exists (select from pg_roles where rolname = 'chartkey_backup') then
        create role chartkey_backup login bypassrls;
    end if;
end $$;
-- One plan for every decision: planning each query anew costs more than it brings.
alter role chartkey_runtime set plan_cache_mode = force_generic_plan;
alter role chartkey_runtime set jit = off;
