-- Searches of many people walk an index in the order of the list until a page is full, and try each line by the other
-- keys: these indexes hold what is tried, so that only the people of the page are read from the table.
create index if not exists case_index_in_order on case_index
  (organization_id, created_at, case_id, listed_on, kana_key, name_key, status, ends_on, diagnosis_type, diagnosed_on,
   is_linked, birth_on);
drop index if exists case_index_by_created;
create index if not exists case_index_by_reading on case_index
  (organization_id, kana_key, case_id, created_at, listed_on, birth_on, diagnosis_type, status, ends_on, is_linked);
drop index if exists case_index_by_kana;
create index if not exists case_index_by_writing on case_index
  (organization_id, name_key, case_id, created_at, listed_on);
drop index if exists case_index_by_name;
create index if not exists case_index_by_diagnosed_on on case_index
  (organization_id, diagnosed_on, case_id, created_at, listed_on, status, ends_on, diagnosis_type, is_linked);
drop index if exists case_index_by_diagnosed;

-- An ID is one person's: its own table leads to them, whoever searches.
drop index if exists case_index_by_hersys_id;

-- The same of a board: its queues, their counts and orders.
create index if not exists board_person_in_order on board_person
  (organization_id, shown_until, observed_from, alert, reported_on, observed_until, review_from, has_way, report_by,
   reported_at, case_id, wish, is_at_risk, kana_key, birth_on);
drop index if exists board_person_by_queue;
