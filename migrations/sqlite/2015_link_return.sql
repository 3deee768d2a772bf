create trigger watch_link_return after insert on link_return
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_link_return_changed after update on link_return
begin insert into watch_pending (case_id) values (new.case_id); end;
create trigger watch_link_return_gone after delete on link_return
begin insert into watch_pending (case_id) values (old.case_id); end;
