-- What was measured and is no number, "< 0.5" or "1:80" or "negative", belongs into a trend too:
-- by the same code and unit as a number.

set local role chartkey_owner;
select set_config('chartkey.task', 'import', true);

-- As `fhir::project` makes it: each part with its length before it, hashed, as a UUID of version 8.
with keyed as (
    select patient_id, item_id,
        array[
            'chartkey-series-1',
            coalesce((select code from unnest(codes) with ordinality c (code, place) where code like 'http://loinc.org|%' order by place limit 1), codes[1]),
            coalesce(unit, '')
        ] as parts
    from item
    where series is null and resource_type = 'Observation' and value_text is not null and cardinality(codes) > 0
), hashed as (
    select patient_id, item_id,
        sha256((select string_agg(int8send(octet_length(convert_to(part, 'UTF8'))) || convert_to(part, 'UTF8'), '' order by place)
            from unnest(parts) with ordinality p (part, place))) as hash
    from keyed
)
update item i
set series = encode(set_byte(set_byte(substring(h.hash from 1 for 16), 6, get_byte(h.hash, 6) & 15 | 128), 8, get_byte(h.hash, 8) & 63 | 128), 'hex')::uuid::text
from hashed h
where i.patient_id = h.patient_id and i.item_id = h.item_id;

select set_config('chartkey.task', '', true);
reset role;
