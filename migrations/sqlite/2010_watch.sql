-- Who is to be judged anew: one line a change, written by triggers, so that no writer can forget it. Inserts
-- only, so that nobody who reports waits for whoever judges.
create table watch_pending (
  seq integer not null primary key,
  case_id uuid not null
);

create trigger watch_observation after insert on observation
begin insert into watch_pending (case_id) values (new.case_id); end;

create trigger watch_case after insert on cases
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_case_changed
after update of kind, responsible_center_id, observed_from, observed_until on cases
begin insert into watch_pending (case_id) values (new.case_id); end;

create trigger watch_document after insert on document when new.version > 1 or new.tab = 'episode'
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_document_changed after update on document
begin insert into watch_pending (case_id) values (new.case_id); end;

create trigger watch_relation after insert on case_relation when new.relation in ('linked', 'guest', 'related')
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_relation_ended after delete on case_relation
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_account after insert on patient_person
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_account_gone after delete on patient_person
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_message after update of status, delivery on message
when new.case_id is not null and (new.status in ('failed', 'expired') or new.delivery is not null)
begin insert into watch_pending (case_id) values (new.case_id); end;

create trigger watch_seen after insert on watch_seen
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_seen_changed after update on watch_seen
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_seen_gone after delete on watch_seen
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_assignment after insert on watch_assignment
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_assignment_changed after update on watch_assignment
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_assignment_gone after delete on watch_assignment
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_flag after insert on watch_flag
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_flag_changed after update on watch_flag
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_flag_gone after delete on watch_flag
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_contact_attempt after insert on contact_attempt
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_contact_attempt_changed after update on contact_attempt
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_contact_attempt_gone after delete on contact_attempt
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_contact_preference after insert on contact_preference
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_contact_preference_changed after update on contact_preference
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_contact_preference_gone after delete on contact_preference
begin insert into watch_pending (case_id) values (old.case_id); end;

create trigger watch_observation_correction after insert on observation_correction
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_observation_correction_changed after update on observation_correction
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_observation_correction_gone after delete on observation_correction
begin insert into watch_pending (case_id) values (old.case_id); end;

-- Whoever is observed already. A day of grace, because days are those of Japan.
insert into watch_pending (case_id)
select case_id from cases
where observed_from is not null and (observed_until is null or observed_until >= date('now', '-1 day'));
