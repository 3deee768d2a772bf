-- A wish, and what became of it, moves its person on the boards.
create trigger watch_patient_request after insert on patient_request
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_patient_request_changed after update on patient_request
begin insert into watch_pending (case_id) values (new.case_id); end;
