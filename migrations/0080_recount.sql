-- PostgreSQL plans by how many rows a table had when it was last counted. Where that was while the first file was still on its
-- way in, there were pages and no rows, and it takes the table for empty however long it grows, until the next count; where one
-- large file comes into a small table, it takes the record for none. Then it joins by comparing every row with every other, and
-- one file takes minutes, or hours.

set local role chartkey_owner;

-- Counts again what the record is made of, where that has happened or a table has doubled since, with the rows of this
-- transaction; nobody counts without them before it ends. With the rights of the owner, since nobody else counts a table; so nothing
-- in it is looked up where the caller could put something of their own. Of two at a time one goes on as it is, and so it does where
-- somebody else counts at this moment for longer than `autovacuum`, which gives way after a second.
create function gate.recount() returns void language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp set lock_timeout = '3s' as $$
declare
    counted name;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('recount', 0)) then
        return;
    end if;
    for counted in
        select relname from pg_catalog.pg_class
        where relnamespace = 'public'::regnamespace and relname in ('attachment', 'item', 'item_reference', 'item_version', 'phrase')
            and pg_relation_size(oid) > current_setting('block_size')::bigint * case when reltuples = 0 then 4 else 2 * relpages + 20 end
        order by relname
    loop
        begin
            execute format('analyze public.%I', counted);
        exception when lock_not_available then
            null;
        end;
    end loop;
exception when lock_not_available then
    null;
end $$;
revoke execute on function gate.recount() from public;
grant execute on function gate.recount() to chartkey_runtime;

-- The same holds for the other one with these rights.
alter function gate.message_came() set search_path = pg_catalog, public, pg_temp;

reset role;
