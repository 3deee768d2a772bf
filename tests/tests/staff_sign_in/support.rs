//! Newly issued accounts, telephones and authenticator apps.

use hersys::App;
use hersys::access::accounts::{self, NewAccount};
use hersys::clock::Timestamp;
use hersys::config::{Config, Settings};
use hersys::db::sql;
use hersys_tests::fixtures::{Office, PASSWORD};
use hersys_tests::world::six_digits;
use hersys_tests::{Answer, Visitor, World};
use uuid::Uuid;

pub const INITIAL: &str = "Initial-9-pass";
pub const CHOSEN: &str = "Kx7;q-Vm2tz=W";
pub const MOBILE: &str = "09011112222";
pub const LANDLINE: &str = "0311112222";

/// An account as an issuer hands it out: no telephone, a password to be replaced.
pub async fn newcomer(world: &World) -> (Uuid, &'static str) {
    let account = NewAccount {
        account_id: Uuid::now_v7(),
        organization_id: world.fixtures.clinic.organization_id,
        sign_in_id: "shinjin@hersys.example",
        display_name: "新人",
        is_issuer: false,
        at: world.now(),
    };
    let hash = world.app.passwords.hash(INITIAL).await.unwrap();
    let mut tx = world.app.db.begin().await.unwrap();
    accounts::insert_account(&mut tx, &account, &hash).await.unwrap();
    tx.commit().await.unwrap();
    (account.account_id, account.sign_in_id)
}

pub async fn give_password(visitor: &mut Visitor, sign_in_id: &str, password: &str) -> Answer {
    visitor.post_form("/staff/sign-in/id", &[("sign_in_id", sign_in_id)]).await;
    visitor.post_form("/staff/sign-in/password", &[("sign_in_id", sign_in_id), ("password", password)]).await
}

pub async fn register_phone(visitor: &mut Visitor, number: &str, method: &str) -> Answer {
    let fields = [("country", "81"), ("phone", number), ("method", method)];
    visitor.post_form("/staff/sign-in/registration/phone", &fields).await
}

pub async fn sms_code(world: &World, number: &str) -> String {
    six_digits(&world.newest_sms(number).await)
}

/// The token of the newest call to a number.
pub async fn newest_call(world: &World, number: &str) -> String {
    sql("select subject from message where channel = 'call' and recipient = $1 order by created_at desc, message_id desc limit 1")
        .bind(number)
        .scalar(&world.app.db)
        .await
        .expect("a call")
}

/// What the listener does: presses a key, or none.
pub async fn answer_call(world: &World, number: &str, key: &str) -> Answer {
    let settings = Settings {
        data_dir: Some(world.folder().to_owned()),
        database_url: Some(world.database_url().to_owned()),
        ..Settings::default()
    };
    let demo = App::open(Config::from_settings(settings, true).unwrap(), world.app.clock.clone()).await.unwrap();
    let path = format!("/demo/calls/{}/keys", newest_call(world, number).await);
    Visitor::new(&demo).post_form(&path, &[("key", key)]).await
}

pub async fn new_password(visitor: &mut Visitor, current: &str, new: &str) -> Answer {
    let fields = [("current_password", current), ("new_password", new), ("new_password_repeated", new)];
    visitor.post_form("/staff/sign-in/new-password", &fields).await
}

pub async fn change_password(visitor: &mut Visitor, current: &str, new: &str) -> Answer {
    let fields = [("current_password", current), ("new_password", new), ("new_password_repeated", new)];
    visitor.post_form("/staff/security/password", &fields).await
}

/// Password given, second factor asked for.
pub async fn at_second_factor(world: &World, office: &Office) -> Visitor {
    let mut visitor = world.visitor();
    let answer = give_password(&mut visitor, &office.sign_in_id, PASSWORD).await;
    assert!(answer.location().starts_with("/staff/sign-in/"), "{}", answer.location());
    visitor
}

pub async fn count(world: &World, query: &str) -> i64 {
    sql(query).scalar(&world.app.db).await.unwrap()
}

/// An authenticator app, fed with the text beside the picture.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    pub fn from_page(page: &str) -> Self {
        let text = page.split_once("<code class=\"seed\">").expect("a seed").1.split('<').next().unwrap();
        let mut bits = 0_u64;
        let mut length = 0;
        let mut seed = Vec::new();
        for letter in text.chars().filter(|c| *c != ' ') {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap() as u64;
            bits = bits << 5 | value;
            length += 5;
            if length >= 8 {
                length -= 8;
                seed.push((bits >> length) as u8);
            }
        }
        assert_eq!(seed.len(), 20);
        Self(seed)
    }

    pub fn code(&self, now: Timestamp) -> String {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&self.0).unwrap();
        mac.update(&(now.0 / 30_000).to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

/// Another code than this one.
pub fn wrong(code: &str) -> String {
    let first = code.as_bytes()[0] - b'0';
    format!("{}{}", (first + 1) % 10, &code[1..])
}
