-- Who is to be judged anew: one line a change, written by triggers, so that no writer can forget it. Inserts
-- only, so that nobody who reports waits for whoever judges.
create table watch_pending (
  seq bigint generated always as identity primary key,
  case_id uuid not null
);

create function watch_new_rows() returns trigger language plpgsql as $$
begin
  insert into watch_pending (case_id) select distinct case_id from changed;
  return null;
end
$$;

create function watch_row() returns trigger language plpgsql as $$
begin
  insert into watch_pending (case_id) values (new.case_id);
  return null;
end
$$;

-- The many: once a statement.
create trigger watch_observation after insert on observation
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_case after insert on cases
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_relation_ended after delete on case_relation
  referencing old table as changed for each statement execute function watch_new_rows();
create trigger watch_document_changed after update on document
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_account after insert on patient_person
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_account_gone after delete on patient_person
  referencing old table as changed for each statement execute function watch_new_rows();

create trigger watch_case_changed
  after update of kind, responsible_center_id, observed_from, observed_until on cases
  for each row execute function watch_row();
create trigger watch_document after insert on document
  for each row when (new.version > 1 or new.tab = 'episode') execute function watch_row();
create trigger watch_relation after insert on case_relation
  for each row when (new.relation in ('linked', 'guest', 'related')) execute function watch_row();
create trigger watch_message after update of status, delivery on message
  for each row when (new.case_id is not null and (new.status in ('failed', 'expired') or new.delivery is not null))
  execute function watch_row();

create trigger watch_seen after insert on watch_seen
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_seen_changed after update on watch_seen
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_seen_gone after delete on watch_seen
  referencing old table as changed for each statement execute function watch_new_rows();

create trigger watch_assignment after insert on watch_assignment
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_assignment_changed after update on watch_assignment
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_assignment_gone after delete on watch_assignment
  referencing old table as changed for each statement execute function watch_new_rows();

create trigger watch_flag after insert on watch_flag
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_flag_changed after update on watch_flag
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_flag_gone after delete on watch_flag
  referencing old table as changed for each statement execute function watch_new_rows();

create trigger watch_contact_attempt after insert on contact_attempt
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_contact_attempt_changed after update on contact_attempt
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_contact_attempt_gone after delete on contact_attempt
  referencing old table as changed for each statement execute function watch_new_rows();

create trigger watch_contact_preference after insert on contact_preference
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_contact_preference_changed after update on contact_preference
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_contact_preference_gone after delete on contact_preference
  referencing old table as changed for each statement execute function watch_new_rows();

create trigger watch_observation_correction after insert on observation_correction
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_observation_correction_changed after update on observation_correction
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_observation_correction_gone after delete on observation_correction
  referencing old table as changed for each statement execute function watch_new_rows();

-- As in 1001: byte by byte, as SQLite sorts.
alter table board_person alter column kana_key type text collate "C";
alter table board_person alter column hersys_id type text collate "C";
alter table board_person alter column ward type text collate "C";

-- Whoever is observed already. A day of grace, because days are those of Japan.
insert into watch_pending (case_id)
select case_id from cases
where observed_from is not null and (observed_until is null or observed_until >= current_date - 1);
