create trigger watch_link_return after insert on link_return
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_link_return_changed after update on link_return
  referencing new table as changed for each statement execute function watch_new_rows();
create trigger watch_link_return_gone after delete on link_return
  referencing old table as changed for each statement execute function watch_new_rows();
