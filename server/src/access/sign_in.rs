//! Sign-in in two steps (AUTH-02…AUTH-24): password, then a code by SMS.
