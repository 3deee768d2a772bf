-- What the filters of a board offer (市区町村, language, 紐づけ先) comes out of an index alone, too.
create index if not exists board_person_offered on board_person
  (organization_id, observed_until, ward, language, linked_id);
