//! People at their browsers: requests with cookies, and what comes back.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hersys::App;
use hersys_shared::api::ApiError;
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tower::ServiceExt;

/// A browser that keeps cookies and says where its requests come from.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    cookies: BTreeMap<String, String>,
    peer: SocketAddr,
    site: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Visitor {
    pub fn new(app: &App) -> Self {
        Self {
            router: app.router(),
            cookies: BTreeMap::new(),
            peer: ([192, 0, 2, 1], 40_000).into(),
            site: Some("same-origin"),
            headers: Vec::new(),
        }
    }

    /// The same browser at another process of the installation.
    pub fn at(mut self, app: &App) -> Self {
        self.router = app.router();
        self
    }

    /// The same browser on another network.
    pub fn from_network(mut self, address: [u8; 4]) -> Self {
        self.peer = (address, 40_000).into();
        self
    }

    /// Sends requests as pages of `site` would (`cross-site`), or without the header.
    pub fn from_site(mut self, site: Option<&'static str>) -> Self {
        self.site = site;
        self
    }

    /// A program instead of a browser: no cookies, no word of where it comes from, a token.
    pub fn with_token(mut self, token: &str) -> Self {
        self.site = None;
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// Sends a header with every request.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Body::empty()).await
    }

    pub async fn post_json(&mut self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn delete_json(&mut self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::DELETE, path, body).await
    }

    pub async fn put_json(&mut self, path: &str, body: &impl Serialize) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("form fields");
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), Body::from(body)).await
    }

    /// Sends anything, as a careless or hostile client might.
    pub async fn send(&mut self, method: Method, path: &str, kind: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080");
        if let Some(site) = self.site {
            request = request.header("sec-fetch-site", site);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let router = hersys::web::with_peer(self.router.clone(), self.peer);
        let response = router.oneshot(request.body(body).expect("a request")).await.expect("infallible");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie"));
        }
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn json(&mut self, method: Method, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).expect("JSON");
        self.send(method, path, Some("application/json"), Body::from(body)).await
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').expect("name=value");
        // What __Host- promises, checked at every cookie.
        assert!(name.starts_with("__Host-"), "{name}");
        for attribute in ["Secure", "HttpOnly", "Path=/", "SameSite"] {
            assert!(attributes.contains(attribute), "{name} lacks {attribute}");
        }
        if attributes.contains("Max-Age=0") || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    #[track_caller]
    pub fn json(&self) -> Json {
        self.read()
    }

    #[track_caller]
    pub fn refusal(&self) -> ApiError {
        assert!(self.status.is_client_error() || self.status.is_server_error(), "{}", self.status);
        self.read()
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert!(self.status.is_redirection(), "{}: {}", self.status, self.body);
        self.headers[header::LOCATION].to_str().expect("a location")
    }

    /// The value of the first hidden field of a name.
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        let (value, _) = rest.split_once('"')?;
        Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    }

    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.body.contains(text), "{text} is not in: {}", self.body);
        self
    }

    #[track_caller]
    pub fn hides(self, text: &str) -> Self {
        assert!(!self.body.contains(text), "{text} is in: {}", self.body);
        self
    }
}
