-- Parts of names are taken away by what they were made of: one index less for whoever is entered.
drop index case_name_index_by_case;
