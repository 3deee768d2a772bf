-- The lines of one person, also while those of everybody wait.
create index period_pending_by_case on period_pending (case_id);
