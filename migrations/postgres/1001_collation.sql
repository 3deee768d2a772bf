-- SQLite compares text byte by byte. PostgreSQL does so under "C"; lists then sort alike on both.
alter table case_index alter column kana_key type text collate "C";
alter table case_index alter column name_key type text collate "C";
alter table case_index alter column hersys_id type text collate "C";
alter table case_phone_index alter column phone type text collate "C";
