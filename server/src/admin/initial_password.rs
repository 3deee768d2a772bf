//! Initial passwords: made here, told once, replaced at the first sign-in (AUTH-05, AUTH-14).

use hersys_shared::password;
use rand::RngExt;

/// Sixteen letters and digits that are not mistaken for each other, in groups: about 90 bits.
pub fn initial_password() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let mut rng = rand::rng();
    loop {
        let groups: Vec<String> =
            (0..4).map(|_| (0..4).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect()).collect();
        let password = groups.join("-");
        if password::check(&password).is_ok() {
            return password;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_16_initial_passwords_keep_the_rules() {
        for _ in 0..100 {
            assert_eq!(password::check(&initial_password()), Ok(()));
        }
    }
}
