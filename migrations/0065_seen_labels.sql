-- What a grant names has the labels that the patient saw: with one more it is not meant any longer.

set local role chartkey_owner;

alter table grant_item add column labels smallint not null default 0 constraint grant_item_labels check (labels between 0 and 63);

reset role;
