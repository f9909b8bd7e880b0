-- What is said of an item that a grant or an exclusion names is opened by the decision on that item, too. Before, an item
-- that was kept from one reader had its words closed for all others.

set local role chartkey_owner;

-- Beside gate.named(): with which combinations of labels each would be seen if nobody had named it.
create function gate.named_labels() returns bigint[] language sql stable
as $$ select coalesce(nullif(current_setting('chartkey.named_labels', true), '')::bigint[], '{}') $$;

-- Whether an item would be seen if it had these labels as well, as chartkey_domain's Permission::opens has it: what adds
-- no label adds no question.
create or replace function gate.opens(which uuid, with_labels smallint) returns boolean language sql stable as $$
    select coalesce((
        select (with_labels & ~i.labels) = 0 or ((case when i.item_id = any (gate.singled())
            then (select n.labels from unnest(gate.named(), gate.named_labels()) n (item_id, labels) where n.item_id = i.item_id)
            else (gate.cells())[
                (((i.category - 1) * gate.side()
                    + coalesce(1 + width_bucket(i.first_at + coalesce(i.utc_offset, 0) * interval '1 minute', gate.breaks()), 0)) * gate.side()
                    + coalesce(1 + width_bucket(i.last_at + coalesce(i.utc_offset, 0) * interval '1 minute', gate.breaks()), 0)) * gate.depth()
                    + width_bucket(i.added_at, gate.added_breaks()) + 1
            ] end >> (i.labels | with_labels)::int) & 1) <> 0
        from item i where i.patient_id = gate.shared_patient() and i.item_id = which
    ), false)
$$;

-- As before, with one more. A server of the version before this one leaves it out, and tells less.
drop function gate.decide(bigint[], timestamptz[], int, timestamptz[], int, uuid[], uuid[], int[], smallint);
create function gate.decide(
    cells bigint[], breaks timestamptz[], side int, added_breaks timestamptz[], depth int,
    singled uuid[], named uuid[], named_versions int[], label_table smallint, named_labels bigint[] default '{}',
    out full_name text, out birth_date text, out sex text
) language plpgsql volatile as $$
begin
    perform set_config('chartkey.asked', '', true),
            set_config('chartkey.cells', cells::text, true),
            set_config('chartkey.breaks', breaks::text, true),
            set_config('chartkey.side', side::text, true),
            set_config('chartkey.added_breaks', added_breaks::text, true),
            set_config('chartkey.depth', depth::text, true),
            set_config('chartkey.singled', singled::text, true),
            set_config('chartkey.named', named::text, true),
            set_config('chartkey.named_versions', named_versions::text, true),
            set_config('chartkey.named_labels', named_labels::text, true),
            set_config('chartkey.label_table', label_table::text, true),
            set_config('chartkey.keeps_allergies', '', true);
    -- One statement, so that both sides are of one moment.
    if not exists (
        select from item_total t where t.patient_id = gate.patient() and t.category = 4 and t.negations > 0
            and t.items - t.negations <> (
                select count(*) from item i where i.patient_id = gate.patient() and i.category = 4 and not i.is_error and not i.is_negation)
    ) then
        perform set_config('chartkey.keeps_allergies', 'none', true);
    end if;
    select p.full_name, p.birth_date, p.sex into full_name, birth_date, sex from patient p where p.patient_id = gate.patient();
end $$;

reset role;

grant execute on function gate.decide, gate.named_labels to chartkey_runtime;
