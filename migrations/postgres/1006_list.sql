-- As in 1001: byte by byte, as SQLite does; beginnings are then ranges of the index.
alter table case_name_index alter column pair type text collate "C";
alter table case_index alter column local_id_key type text collate "C";
