-- The queues tell an open wish, so the index that tells them holds it.
drop index board_person_by_queue;
create index board_person_by_queue on board_person
  (organization_id, alert, reported_on, shown_until, observed_from, observed_until, review_from, has_way, report_by, wish,
   reported_at, case_id);
