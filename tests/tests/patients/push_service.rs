//! A push service and a browser of our own: real HTTP requests, real keys, and failures at will. Decrypting is
//! written from RFC 8291 and RFC 8188 as a receiver reads them, independently of the sender.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aes_gcm::aead::Aead;
use aes_gcm::{Aes128Gcm, KeyInit, Nonce};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde_json::{Value as Json, json};
use sha2::Sha256;

pub struct PushService {
    pub address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    answer: (StatusCode, Option<(&'static str, String)>),
    requests: Vec<Pushed>,
}

/// What arrived.
#[derive(Clone)]
pub struct Pushed {
    pub device: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl PushService {
    pub async fn start() -> Self {
        let desk = Arc::new(Mutex::new(Desk { answer: (StatusCode::CREATED, None), requests: Vec::new() }));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/push/{device}", post(take)).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk }
    }

    /// For `HERSYS_PUSH_HOSTS`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it answers from now on, with one more header.
    pub fn answer(&self, status: u16, header: Option<(&'static str, String)>) {
        self.desk.lock().unwrap().answer = (StatusCode::from_u16(status).unwrap(), header);
    }

    /// What arrived since the last look.
    pub fn arrived(&self) -> Vec<Pushed> {
        std::mem::take(&mut self.desk.lock().unwrap().requests)
    }
}

type Answered = (StatusCode, HeaderMap);

async fn take(
    State(desk): State<Arc<Mutex<Desk>>>,
    Path(device): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answered {
    let mut desk = desk.lock().unwrap();
    desk.requests.push(Pushed { device, headers, body });
    let (status, header) = desk.answer.clone();
    let more = header.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    (status, more.collect())
}

/// A browser that subscribed.
pub struct Browser {
    key: SecretKey,
    auth: [u8; 16],
    endpoint: String,
}

impl Browser {
    pub fn subscribed_at(service: &PushService, device: &str) -> Self {
        let key = SecretKey::from_slice(&uuid_bytes()).unwrap();
        Self { key, auth: *uuid::Uuid::new_v4().as_bytes(), endpoint: format!("{}/push/{device}", service.origin()) }
    }

    fn point(&self) -> Vec<u8> {
        self.key.public_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// As `PushSubscription.toJSON()` gives it.
    pub fn json(&self) -> Json {
        json!({
            "endpoint": self.endpoint,
            "expirationTime": null,
            "keys": { "p256dh": URL_SAFE_NO_PAD.encode(self.point()), "auth": URL_SAFE_NO_PAD.encode(self.auth) },
        })
    }

    /// Decrypts as RFC 8291 tells the user agent to.
    pub fn decrypt(&self, body: &[u8]) -> Json {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert_eq!(u32::from_be_bytes(size.try_into().unwrap()), 4096);
        let (length, rest) = rest.split_at(1);
        let (sender, sealed) = rest.split_at(length[0].into());
        let shared = self.key.diffie_hellman(&PublicKey::from_sec1_bytes(sender).unwrap());
        let info = [b"WebPush: info\0".as_slice(), &self.point(), sender].concat();
        let mut input = [0; 32];
        Hkdf::<Sha256>::new(Some(&self.auth), shared.raw_secret_bytes()).expand(&info, &mut input).unwrap();
        let keys = Hkdf::<Sha256>::new(Some(salt), &input);
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        keys.expand(b"Content-Encoding: aes128gcm\0", &mut key).unwrap();
        keys.expand(b"Content-Encoding: nonce\0", &mut nonce).unwrap();
        let record = Aes128Gcm::new_from_slice(&key).unwrap().decrypt(&Nonce::from(nonce), sealed).unwrap();
        let end = record.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(record[end], 2, "the mark of the last record");
        serde_json::from_slice(&record[..end]).unwrap()
    }
}

/// Checks `Authorization: vapid t=…, k=…` as RFC 8292 tells the push service to; the claims.
pub fn verified(authorization: &str, public_key: &str) -> Json {
    let (word, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(key, public_key, "the key that the browser subscribed with");
    let (words, signature) = word.rsplit_once('.').unwrap();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let key = VerifyingKey::from_sec1_bytes(&bytes(key)).unwrap();
    key.verify(words.as_bytes(), &Signature::from_slice(&bytes(signature)).unwrap()).unwrap();
    let (header, claims) = words.split_once('.').unwrap();
    let header: Json = serde_json::from_slice(&bytes(header)).unwrap();
    assert_eq!(header["alg"], "ES256");
    serde_json::from_slice(&bytes(claims)).unwrap()
}

fn uuid_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes
}
