-- A code that a profile asks for beside the one that says how it was measured yields to that: a
-- row that has both belongs into the trend of the latter, in whatever order they came.

set local role chartkey_owner;
select set_config('chartkey.task', 'import', true);

-- As `fhir::project` makes it: each part with its length before it, hashed, as a UUID of version 8.
with specific (general, specific) as (values
    ('http://loinc.org|8310-5', 'http://loinc.org|8331-1'),
    ('http://loinc.org|8302-2', 'http://loinc.org|8306-3'),
    ('http://loinc.org|2708-6', 'http://loinc.org|59408-5')
), hashed as (
    select i.patient_id, i.item_id,
        sha256((select string_agg(int8send(octet_length(convert_to(part, 'UTF8'))) || convert_to(part, 'UTF8'), '' order by place)
            from unnest(array['chartkey-series-1', s.specific, coalesce(i.unit, '')]) with ordinality p (part, place))) as hash
    from item i join specific s on i.codes @> array[s.general, s.specific]
        and s.general = (select code from unnest(i.codes) with ordinality c (code, place) where code like 'http://loinc.org|%' order by place limit 1)
    where i.series is not null
)
update item i
set series = encode(set_byte(set_byte(substring(h.hash from 1 for 16), 6, get_byte(h.hash, 6) & 15 | 128), 8, get_byte(h.hash, 8) & 63 | 128), 'hex')::uuid::text
from hashed h
where i.patient_id = h.patient_id and i.item_id = h.item_id;

select set_config('chartkey.task', '', true);
reset role;
