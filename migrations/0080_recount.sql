-- PostgreSQL plans by how many rows a table had when it was last counted. Where that was while the first file was still on its
-- way in, there were pages and no rows, and it takes the table for empty however long it grows, until the next count; where one
-- large file comes into a small table, it takes the record for none. Then it joins by comparing every row with every other, and
-- one file takes minutes, or hours.

set local role chartkey_owner;

-- Counts again what the record is made of, where that has happened or the table has doubled since, with the rows of this
-- transaction; nobody counts without them before it ends. With the rights of the owner: nobody else counts a table. `autovacuum`
-- gives way after a second; another import that counts at this moment does not, and then this one goes on as it is.
create function gate.recount() returns void language plpgsql volatile security definer
    set search_path = pg_catalog, public set lock_timeout = '3s' as $$
declare
    tables constant text := (
        select string_agg(format('public.%I', relname), ', ' order by relname) from pg_class
        where relnamespace = 'public'::regnamespace
            and relname in ('item', 'item_version', 'item_reference', 'attachment', 'phrase', 'awaited')
            and (relpages > 0 and reltuples = 0
                or pg_relation_size(oid) > (2 * relpages + 20) * current_setting('block_size')::bigint));
begin
    if tables is not null then
        execute 'analyze ' || tables;
    end if;
exception when lock_not_available then
    return;
end $$;

reset role;
