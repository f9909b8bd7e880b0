-- What a patient measures at home is counted apart from what others did, so that the one crowds out
-- nothing of the other.

set local role chartkey_owner;

-- The newest of one series from one source, however many others have written of it.
create index item_series_source on item (patient_id, series, source_id, sort_at desc) where series is not null;

reset role;
