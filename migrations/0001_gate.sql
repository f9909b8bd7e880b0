-- The gate: who is asking, whose record is open, and what has been decided.
--
-- Every answer lives in settings of one transaction. The portal writes them
-- through its door; the policies of the tables read them as sub-selects, once a
-- query. After its transaction a setting reads '' rather than null, so both
-- count as "not said", and what is not said opens nothing.
--
-- Objects belong to chartkey_owner, who cannot log in. Roles are made once a
-- cluster by `chartkey migrate --create-roles`.

grant create, usage on schema public to chartkey_owner;
create schema gate authorization chartkey_owner;

set local role chartkey_owner;

-- Who asks: the account of the session.
create function gate.account() returns uuid language sql stable
as $$ select nullif(current_setting('chartkey.account', true), '')::uuid $$;

-- The patient whose record is open in this transaction.
create function gate.patient() returns uuid language sql stable
as $$ select nullif(current_setting('chartkey.patient', true), '')::uuid $$;

-- The same patient, but only where the account is the patient's own.
create function gate.own_patient() returns uuid language sql stable
as $$ select case when current_setting('chartkey.own', true) = 'on' then gate.patient() end $$;

-- The same patient, but only where a decision has let somebody else in.
create function gate.shared_patient() returns uuid language sql stable
as $$ select case when current_setting('chartkey.cells', true) <> '' then gate.patient() end $$;

-- The name of the part of the house that works without a person: 'import',
-- 'export', 'verify', 'worker', 'sign-in' or 'operator'.
create function gate.task() returns text language sql stable
as $$ select coalesce(current_setting('chartkey.task', true), '') $$;

-- The decision table. The dates of the grants in force cut time into buckets;
-- gate.cells()[category, first, last, added] holds, as 64 bits, the
-- combinations of labels that may be seen. `side` is the number of buckets of
-- the first and last axis (unknown and open included), `depth` of the added one.
create function gate.cells() returns bigint[] language sql stable
as $$ select nullif(current_setting('chartkey.cells', true), '')::bigint[] $$;

create function gate.breaks() returns timestamptz[] language sql stable
as $$ select nullif(current_setting('chartkey.breaks', true), '')::timestamptz[] $$;

create function gate.side() returns int language sql stable
as $$ select nullif(current_setting('chartkey.side', true), '')::int $$;

create function gate.added_breaks() returns timestamptz[] language sql stable
as $$ select nullif(current_setting('chartkey.added_breaks', true), '')::timestamptz[] $$;

create function gate.depth() returns int language sql stable
as $$ select nullif(current_setting('chartkey.depth', true), '')::int $$;

-- Items that a grant or an exclusion names are decided one by one and never
-- looked up in the table: all of them, and those that may be seen, in the
-- version that was decided.
create function gate.singled() returns uuid[] language sql stable
as $$ select coalesce(nullif(current_setting('chartkey.singled', true), '')::uuid[], '{}') $$;

create function gate.named() returns uuid[] language sql stable
as $$ select coalesce(nullif(current_setting('chartkey.named', true), '')::uuid[], '{}') $$;

create function gate.named_versions() returns int[] language sql stable
as $$ select coalesce(nullif(current_setting('chartkey.named_versions', true), '')::int[], '{}') $$;

-- Items whose facts the policy needs before it can decide (stage one only).
create function gate.asked() returns uuid[] language sql stable
as $$ select coalesce(nullif(current_setting('chartkey.asked', true), '')::uuid[], '{}') $$;

-- The version of the label table in force; what an older one labelled is the
-- patient's only.
create function gate.label_table() returns smallint language sql stable
as $$ select nullif(current_setting('chartkey.label_table', true), '')::smallint $$;

reset role;

grant usage on schema gate to chartkey_runtime, chartkey_backup;
grant execute on all functions in schema gate to chartkey_runtime, chartkey_backup;
