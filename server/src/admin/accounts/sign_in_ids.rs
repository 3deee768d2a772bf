//! Sign-in IDs, suggested so that nobody has to invent them (AUTH-04).

use std::collections::HashSet;

use hersys_shared::MailAddress;

use crate::access::OrganizationKind;
use crate::access::sign_in::normal_id;
use crate::admin::organizations::Organization;

/// A sign-in ID as typed: of the form of a mail address, in the form in which it is stored.
pub fn check(typed: &str) -> Result<String, &'static str> {
    const FORM: &str = "サインインIDは、xxxxxx@example.jpのような、半角のメールアドレスの形にしてください。";
    let id = normal_id(typed);
    MailAddress::parse(&id).map_err(|_| FORM)?;
    Ok(id)
}

/// The first free one of `hc-1301-01@…`, `hc-1301-02@…`: the kind, the organisation's code, a number.
pub fn suggest(organization: &Organization, domain: &str, taken: &HashSet<String>) -> String {
    let kind = match organization.kind {
        OrganizationKind::Ministry => "mo",
        OrganizationKind::HeadOffice => "ho",
        OrganizationKind::HealthCenter => "hc",
        OrganizationKind::MedicalInstitution => "mi",
        OrganizationKind::FollowUp => "fu",
        OrganizationKind::Accommodation => "ac",
        OrganizationKind::InformationCenter => "ic",
    };
    let stem: String = organization
        .code
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    // Without a code, a part of what tells it apart.
    let stem =
        if stem.is_empty() { format!("{:08x}", organization.organization_id.as_u128() & 0xffff_ffff) } else { stem };
    let mut number = 1;
    loop {
        let id = format!("{kind}-{stem}-{number:02}@{domain}");
        if !taken.contains(&id) {
            return id;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::accounts::plan::tests::organization;

    #[test]
    fn auth_04_suggestions_are_sign_in_ids_and_free() {
        let mut taken = HashSet::new();
        for code in ["1301", "Demo_AOBA", &"x".repeat(32)] {
            let clinic = organization(1, OrganizationKind::MedicalInstitution, code, None);
            for _ in 0..3 {
                let id = suggest(&clinic, "hersys.example", &taken);
                assert_eq!(check(&id).as_deref(), Ok(id.as_str()));
                assert!(taken.insert(id));
            }
        }
        assert!(taken.contains("mi-1301-03@hersys.example") && taken.contains("mi-demo-aoba-01@hersys.example"));
    }

    #[test]
    fn auth_04_a_typed_id_is_stored_as_it_is_looked_up() {
        assert_eq!(check(" Sakura＠Hersys.Example ").as_deref(), Ok("sakura@hersys.example"));
        assert!(check("sakura").is_err() && check("").is_err() && check("さくら@hersys.example").is_err());
    }
}
