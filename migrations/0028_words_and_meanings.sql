-- The words of a correction have labels of their own: what a patient says of an item may speak of what they keep from
-- somebody who sees it. To them the item is said to be wrong, and no more. And lists that show once what means the same
-- ask what is meant, not only what it is called.

set local role chartkey_owner;

-- The words apart from the correction, so that its row tells nobody more than that it stands.
create table correction_statement (
    patient_id uuid not null,
    correction_id uuid not null,
    -- What is wrong, in the patient's own words.
    words text not null constraint correction_statement_words check (length(words) between 1 and 1000),
    labels smallint not null check (labels between 0 and 63),
    -- The version of the label table that gave them; 0: none has yet.
    labelled_by smallint not null,
    primary key (patient_id, correction_id),
    foreign key (patient_id, correction_id) references correction
);

-- What was said before is the patient's only until the worker has labelled it.
select set_config('chartkey.task', 'import', true);
insert into correction_statement (patient_id, correction_id, words, labels, labelled_by)
select patient_id, correction_id, statement, 0, 0 from correction;
select set_config('chartkey.task', '', true);
alter table correction drop column statement;
alter table correction_message
    add column labels smallint not null default 0 check (labels between 0 and 63),
    add column labelled_by smallint not null default 0;
alter table correction_message alter column labels drop default, alter column labelled_by drop default;

alter table correction_statement enable row level security;
alter table correction_statement force row level security;

-- Whether an item would be seen if it had these labels as well, by the rule of the policy `shared` on `item`, under which
-- it is read: what adds no label adds no question, and one that is only named opens with its own labels and no others.
create function gate.opens(which uuid, with_labels smallint) returns boolean language sql stable as $$
    select coalesce((
        select ((((gate.cells())[
                (((i.category - 1) * gate.side()
                    + coalesce(1 + width_bucket(i.first_at + coalesce(i.utc_offset, 0) * interval '1 minute', gate.breaks()), 0)) * gate.side()
                    + coalesce(1 + width_bucket(i.last_at + coalesce(i.utc_offset, 0) * interval '1 minute', gate.breaks()), 0)) * gate.depth()
                    + width_bucket(i.added_at, gate.added_breaks()) + 1
            ] >> (i.labels | with_labels)::int) & 1) <> 0 and i.item_id not in (select unnest(gate.singled())))
            or (with_labels & ~i.labels) = 0
        from item i where i.patient_id = gate.shared_patient() and i.item_id = which
    ), false)
$$;
-- The words of a correction, where the reader may know them.
create function gate.statement(patient uuid, correction uuid) returns text language sql stable as $$
    select s.words from correction_statement s where s.patient_id = patient and s.correction_id = correction
$$;

-- A correction as lists show it beside what it is about. The moment is in seconds: as text, a year beyond 9999 would be none.
create function gate.said(patient uuid, correction uuid) returns jsonb language sql stable as $$
    select jsonb_build_object('correction', c.correction_id, 'words', gate.statement(c.patient_id, c.correction_id),
        'item', c.item_id, 'is_earlier', c.version_no < i.version_no,
        'at', floor(extract(epoch from i.first_at))::bigint, 'precision', i.precision, 'utc_offset', i.utc_offset)
    from correction c join item i on i.patient_id = c.patient_id and i.item_id = c.item_id
    where c.patient_id = patient and c.correction_id = correction
$$;

create policy own on correction_statement for select using (patient_id = (select gate.own_patient()));
create policy said on correction_statement for insert with check (patient_id = (select gate.own_patient()));
create policy shared on correction_statement for select using (
    patient_id = (select gate.shared_patient())
    and labelled_by = (select gate.label_table())
    and (select gate.opens(c.item_id, correction_statement.labels) from correction c
        where c.patient_id = correction_statement.patient_id and c.correction_id = correction_statement.correction_id)
);
create policy import on correction_statement for all
    using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');
create policy export on correction_statement for select
    using ((select gate.task()) = 'export' and patient_id = (select gate.patient()));

-- As before, and of what the patient wrote only what the reader may know.
drop policy shared on correction_message;
create policy shared on correction_message for select using (
    patient_id = (select gate.shared_patient())
    and (select account_id = (select gate.account())
            or (is_patient and labelled_by = (select gate.label_table()) and gate.opens(c.item_id, correction_message.labels))
        from correction c
        where c.patient_id = correction_message.patient_id and c.correction_id = correction_message.correction_id)
);
create policy import on correction_message for all
    using ((select gate.task()) = 'import') with check ((select gate.task()) = 'import');

-- What a list shows once: what has one code and is called the same, or, without a code, what is called the same. What has
-- neither code nor name is called by the name of a type, which says nothing of what it is: each stands for itself. Of allergies
-- all codes count, since the first may be that of any allergy, and one that is over or was refuted is none that goes on.
create function gate.meaning(title text, codes text[], title_key text, resource_type text, item_id uuid, status text)
returns text language sql stable as $$
    select case
        when title_key is null and lower(replace(title, ' ', '')) in (lower(resource_type), 'medication') then item_id::text
        when resource_type = 'AllergyIntolerance' then array_to_string(codes, ' ') || ' ' || title
            || case when status = any (array['inactive', 'resolved', 'refuted']) then ' ' || status else '' end
        else coalesce(title_key, '') || ' ' || title
    end
$$;

reset role;

grant execute on function gate.meaning, gate.opens, gate.said, gate.statement to chartkey_runtime;
grant select, insert, update (labels, labelled_by) on correction_statement to chartkey_runtime;
grant update (labels, labelled_by) on correction_message to chartkey_runtime;
grant select on correction_statement to chartkey_backup;
