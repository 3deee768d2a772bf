-- A wish, and what became of it, moves its person on the boards.
create trigger watch_patient_request after insert on patient_request
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_patient_request_changed after update on patient_request
  referencing new table as changed for each statement execute function watch_new_rows();
