-- What few rows need is asked by a function. A statement begins by making each part of its plan ready, with the policies
-- of every table that it names, whether or not a row comes to it: the twins and corrections of a page of results, which
-- most records have none of, had made it take more than twice as long. In PL/pgSQL, since a function in SQL that is not
-- inlined is parsed and planned anew by each statement.

set local role chartkey_owner;

-- Whether no other source's telling of the same that the reader sees stands before this one.
create function gate.is_first(patient uuid, twins uuid, behind_by smallint) returns boolean language plpgsql stable as $$
begin
    return not exists (select from item b where b.patient_id = patient and b.twin = twins and b.behind < behind_by);
end $$;

-- Whether each that tells the same is private.
create function gate.are_private(patient uuid, twins uuid) returns boolean language plpgsql stable as $$
begin
    return (select bool_and(t.is_private) from item t where t.patient_id = patient and t.twin = twins);
end $$;

-- The others that tell the same, with their sources.
create function gate.twins(patient uuid, twins uuid, item uuid) returns jsonb language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object('id', t.item_id, 'source', o.name) order by t.behind)
        from item t join source o on o.source_id = t.source_id
        where t.patient_id = patient and t.twin = twins and t.item_id <> item);
end $$;

-- Whether the patient of the open record says that anything is wrong which the reader sees.
create function gate.disputes() returns boolean language plpgsql stable as $$
begin
    return exists (select from correction c where c.patient_id = gate.patient() and c.ended_at is null);
end $$;

-- What is said of an item, and of those that tell the same: its own first, then the newest. With what it costs where
-- anything is said, a list is read in its order and not sorted whole.
create function gate.said_of(patient uuid, item uuid, twins uuid) returns jsonb language plpgsql stable cost 5000 as $$
begin
    return (select jsonb_agg(gate.said(c.patient_id, c.correction_id) order by c.item_id <> item, c.opened_at desc)
        from correction c
        where c.patient_id = patient and c.ended_at is null and c.item_id = any (case when twins is null then array[item]
            else array(select t.item_id from item t where t.patient_id = patient and t.twin = twins) end));
end $$;

-- The same, all of it as said of that item.
create function gate.said_here(patient uuid, item uuid, twins uuid) returns jsonb language plpgsql stable as $$
begin
    return (select jsonb_agg(s.said || jsonb_build_object('item', item) order by s.nth)
        from jsonb_array_elements(gate.said_of(patient, item, twins)) with ordinality s (said, nth));
end $$;

-- What is said of all that means the same (gate.meaning): the newest three, and how many there are beside.
create function gate.said_of_meanings(patient uuid)
returns table (category smallint, meaning text, is_error boolean, is_by_hand boolean, only_id uuid, said jsonb, more bigint)
language plpgsql stable rows 5 as $$
#variable_conflict use_column
begin
    return query
        select n.category, n.meaning, n.is_error, n.is_by_hand, n.only_id,
            jsonb_agg(gate.said(patient, n.correction_id) order by n.nth) filter (where n.nth <= 3), greatest(count(*) - 3, 0)
        from (select u.category, u.meaning, u.is_error, u.is_by_hand, u.only_id, c.correction_id,
                row_number() over (partition by u.category, u.meaning, u.is_error, u.is_by_hand, u.only_id order by o.sort_at desc, o.item_id desc) as nth
            from correction c join item o on o.patient_id = c.patient_id and o.item_id = c.item_id
            cross join lateral (
                select distinct t.category, gate.meaning(t.title, t.codes, t.title_key, t.resource_type, t.item_id, t.status) as meaning, t.is_error,
                    case when t.category in (2, 3, 4, 5) then null else t.item_id end as only_id, t.source_id = (select gate.by_hand()) as is_by_hand
                from item t
                where t.patient_id = o.patient_id and t.item_id = any (case when o.twin is null then array[o.item_id]
                    else array(select w.item_id from item w where w.patient_id = o.patient_id and w.twin = o.twin) end)) u
            where c.patient_id = patient and c.ended_at is null) n
        group by n.category, n.meaning, n.is_error, n.is_by_hand, n.only_id;
end $$;

-- As before, planned once a session.
create or replace function gate.by_hand() returns uuid language plpgsql stable as $$
begin
    return coalesce((select s.source_id from source s where s.name = 'own/' || gate.patient()), '00000000-0000-0000-0000-000000000000');
end $$;
create or replace function gate.organization() returns uuid language plpgsql stable as $$
begin
    return (select c.organization_id from clinician c where c.account_id = gate.account());
end $$;
create or replace function gate.profession() returns text language plpgsql stable as $$
begin
    return (select c.profession from clinician c where c.account_id = gate.account());
end $$;

reset role;

grant execute on function gate.is_first, gate.are_private, gate.twins, gate.disputes, gate.said_of, gate.said_here, gate.said_of_meanings to chartkey_runtime;
