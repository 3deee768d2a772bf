//! The first account of an installation: a 利用者認証実施者, who issues all others (IDM-01).

use std::fmt;
use std::path::PathBuf;

use hersys_shared::{MailAddress, PhoneNumber, password};
use uuid::Uuid;

use crate::access::OrganizationKind;
use crate::access::audit::Entry;
use crate::access::passwords::Passwords;
use crate::admin::initial_password::initial_password;
use crate::admin::{NewAccount, NewOrganization, create_account, create_organization, store};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::Error;

/// The flags of `hersys admin create-issuer`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Sign-in ID in the form of a mail address, e.g. taro@hersys.example
    #[arg(long, value_name = "ID")]
    pub sign_in_id: String,

    /// Name of the person, as others see it
    #[arg(long, value_name = "NAME")]
    pub name: String,

    /// Telephone number of the second factor, e.g. 090-1234-5678
    #[arg(long, value_name = "NUMBER")]
    pub phone: String,

    /// ministry, head_office, health_center, medical_institution, follow_up, accommodation or
    /// information_center
    #[arg(long, value_name = "KIND")]
    pub organization_kind: String,

    /// Name of the organisation; made where there is none of this kind and name (or code)
    #[arg(long, value_name = "NAME")]
    pub organization_name: String,

    /// Code of the organisation, unique among its kind
    #[arg(long, value_name = "CODE")]
    pub organization_code: Option<String>,

    /// Prefecture as two digits of JIS X 0401: 01 Hokkaido … 47 Okinawa, 00 for the whole country
    #[arg(long, value_name = "CODE")]
    pub prefecture: String,

    /// Telephone number of the organisation, shown to its patients [default: none]
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub organization_phone: String,

    /// File whose first line is the initial password; without it one is made and printed once
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// What is wrong with which flag.
#[derive(Debug, thiserror::Error)]
#[error("{flag}: {problem}")]
pub struct FlagError {
    pub flag: &'static str,
    pub problem: String,
}

impl FlagError {
    fn new(flag: &'static str, problem: impl fmt::Display) -> Self {
        Self { flag, problem: problem.to_string() }
    }
}

/// The account that was made.
#[derive(Debug)]
pub struct Created {
    pub sign_in_id: String,
    pub organization_name: String,
    /// The initial password where it was made here.
    pub password: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(transparent)]
    Flag(#[from] FlagError),
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<crate::db::DbError> for CreateError {
    fn from(error: crate::db::DbError) -> Self {
        Self::Other(error.into())
    }
}

/// The flags, read.
struct Checked {
    sign_in_id: MailAddress,
    name: String,
    phone: PhoneNumber,
    kind: OrganizationKind,
    organization: NewOrganization,
    /// As read from the file.
    password: Option<String>,
}

impl Options {
    fn check(&self) -> std::result::Result<Checked, FlagError> {
        let text = |flag, text: &str| match text.trim() {
            "" => Err(FlagError::new(flag, "must not be empty")),
            text if text.chars().count() > 120 => Err(FlagError::new(flag, "must have at most 120 characters")),
            text => Ok(text.to_owned()),
        };
        let sign_in_id = MailAddress::parse(&self.sign_in_id).map_err(|_| {
            FlagError::new("--sign-in-id", "must have the form of a mail address, e.g. taro@hersys.example")
        })?;
        let phone = PhoneNumber::parse(&self.phone)
            .map_err(|_| FlagError::new("--phone", "must be a Japanese telephone number, e.g. 090-1234-5678"))?;
        let kind = OrganizationKind::from_code(&self.organization_kind).ok_or_else(|| {
            let kinds = OrganizationKind::ALL.map(OrganizationKind::code).join(", ");
            FlagError::new("--organization-kind", format!("must be one of {kinds}"))
        })?;
        let is_prefecture = self.prefecture.len() == 2 && self.prefecture.bytes().all(|byte| byte.is_ascii_digit());
        if !is_prefecture {
            return Err(FlagError::new("--prefecture", "must be two digits, e.g. 13"));
        }
        let organization_phone = match self.organization_phone.trim() {
            "" => String::new(),
            typed => PhoneNumber::parse(typed)
                .map_err(|_| FlagError::new("--organization-phone", "must be a Japanese telephone number"))?
                .to_string(),
        };
        let code = self.organization_code.as_deref().map(|code| text("--organization-code", code)).transpose()?;
        Ok(Checked {
            sign_in_id,
            name: text("--name", &self.name)?,
            phone,
            kind,
            organization: NewOrganization {
                organization_id: Uuid::now_v7(),
                name: text("--organization-name", &self.organization_name)?,
                code,
                prefecture_code: self.prefecture.clone(),
                phone: organization_phone,
                ..NewOrganization::default()
            },
            password: self.password_file.as_ref().map(read_password).transpose()?,
        })
    }
}

/// Makes the account and, where there is none yet, its organisation.
pub async fn create_issuer(db: &Db, options: &Options, now: Timestamp) -> std::result::Result<Created, CreateError> {
    let flags = options.check()?;
    let taken = || FlagError::new("--sign-in-id", format!("{} is taken already", flags.sign_in_id.key()));
    if store::has_sign_in_id(db, &flags.sign_in_id.key()).await? {
        return Err(taken().into());
    }
    let made = flags.password.is_none().then(initial_password);
    let password = flags.password.as_ref().or(made.as_ref()).map(String::as_str).unwrap_or_default();
    let password_hash = Passwords::new()?.hash(password).await?;

    let mut tx = db.begin().await?;
    let organization_id = match existing_organization(&mut tx, &flags).await? {
        Some(organization_id) => organization_id,
        None => {
            create_organization(&mut tx, flags.kind, &flags.organization, now).await?;
            flags.organization.organization_id
        }
    };
    let account = NewAccount {
        account_id: Uuid::now_v7(),
        organization_id,
        sign_in_id: &flags.sign_in_id,
        display_name: &flags.name,
        password_hash: &password_hash,
        is_issuer: true,
        phone: &flags.phone,
    };
    match create_account(&mut tx, &account, now).await {
        Err(Error::Db(error)) if error.is_unique_violation() => return Err(taken().into()),
        done => done?,
    }
    let entry = Entry {
        at: now,
        actor: "system",
        account_id: Some(account.account_id),
        organization_id: Some(organization_id),
        action: "account.create",
        case_id: None,
        detail: serde_json::json!({ "issuer": true }),
        network: "command line".into(),
    };
    entry.write(&mut tx).await?;
    tx.commit().await?;
    Ok(Created { sign_in_id: flags.sign_in_id.key(), organization_name: flags.organization.name, password: made })
}

/// The organisation that the flags name: by code where one is given, else by name.
async fn existing_organization(
    tx: &mut crate::db::Tx,
    flags: &Checked,
) -> std::result::Result<Option<Uuid>, CreateError> {
    if let Some(code) = &flags.organization.code {
        return Ok(store::organization_by_code(tx, flags.kind, code).await?);
    }
    match store::organizations_by_name(tx, flags.kind, &flags.organization.name).await?.as_slice() {
        [] => Ok(None),
        [(organization_id, _)] => Ok(Some(*organization_id)),
        several => {
            let codes: Vec<&str> = several.iter().filter_map(|(_, code)| code.as_deref()).collect();
            let problem =
                format!("needed, since several organisations have this name; their codes: {}", codes.join(", "));
            Err(FlagError::new("--organization-code", problem).into())
        }
    }
}

fn read_password(path: &PathBuf) -> std::result::Result<String, FlagError> {
    let flag = "--password-file";
    let text = std::fs::read_to_string(path)
        .map_err(|error| FlagError::new(flag, format!("cannot read {}: {error}", path.display())))?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    password::check(&password).map_err(|_| {
        FlagError::new(flag, "the password needs 8 to 128 characters of three of: capital, small, digit, symbol")
    })?;
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            sign_in_id: "Taro@hersys.example".into(),
            name: "山田 太郎".into(),
            phone: "090-0000-0001".into(),
            organization_kind: "health_center".into(),
            organization_name: "あおば保健所".into(),
            organization_code: None,
            prefecture: "13".into(),
            organization_phone: String::new(),
            password_file: None,
        }
    }

    #[test]
    fn auth_04_wrong_flags_are_named() {
        let refused = |change: fn(&mut Options)| {
            let mut options = options();
            change(&mut options);
            options.check().err().map(|error| error.flag)
        };
        assert_eq!(refused(|_| ()), None);
        assert_eq!(refused(|o| o.sign_in_id = "taro".into()), Some("--sign-in-id"));
        assert_eq!(refused(|o| o.name = " ".into()), Some("--name"));
        assert_eq!(refused(|o| o.phone = "12".into()), Some("--phone"));
        assert_eq!(refused(|o| o.organization_kind = "school".into()), Some("--organization-kind"));
        assert_eq!(refused(|o| o.prefecture = "Tokyo".into()), Some("--prefecture"));
        assert_eq!(refused(|o| o.password_file = Some("/nonexistent/file".into())), Some("--password-file"));
    }

    #[tokio::test]
    async fn idm_01_the_first_account_is_an_issuer_and_its_id_is_given_once() {
        let folder = std::env::temp_dir().join(format!("hersys-issuer-{}", Uuid::now_v7()));
        let db = Db::open(&format!("sqlite://{}/hersys.db", folder.display())).await.unwrap();
        db.migrate().await.unwrap();
        let now = crate::clock::Clock::System.now();
        let created = create_issuer(&db, &options(), now).await.unwrap();
        assert_eq!(created.sign_in_id, "taro@hersys.example");
        assert!(created.password.is_some());
        let again = create_issuer(&db, &options(), now).await.unwrap_err().to_string();
        assert!(again.starts_with("--sign-in-id"), "{again}");
        let mut colleague = options();
        colleague.sign_in_id = "hanako@hersys.example".into();
        create_issuer(&db, &colleague, now).await.unwrap();
        let organizations =
            store::organizations_by_name(&db, OrganizationKind::HealthCenter, "あおば保健所").await.unwrap();
        assert_eq!(organizations.len(), 1);
        db.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }
}
