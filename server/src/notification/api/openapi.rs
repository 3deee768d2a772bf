//! The part of `/api/openapi.json` that tells institutions' systems how to file.

use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(paths(super::filing::file, super::reading::read), modifiers(&Token))]
struct Api;

/// `Authorization: Bearer …`, a token made by the institution's 所管保健所.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("医療機関のトークン。所管保健所の利用者認証実施者が作ります。"))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("institution_token", SecurityScheme::Http(scheme));
    }
}

pub fn document() -> Document {
    Api::openapi()
}
