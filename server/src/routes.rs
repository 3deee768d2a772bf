//! Routes with who may use them, in one list: what the router serves and what the permission
//! table test walks is the same.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::App;
use crate::access::{ItemGroup, Level};

/// Who may use a route. The extractors in `access` enforce it; the permission table test checks
/// that each route's answers are those of its guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// A signed-in patient account.
    Patient,
    /// Any signed-in staff ID.
    Staff,
    /// Staff whose kind of ID lists people ([`crate::access::Scope`]).
    Scope,
    /// Staff whose kind of ID begins records.
    Registrar,
    /// The system of a medical institution, by its token ([`crate::access::Institution`]).
    Institution,
    /// Staff whose kind of ID may do as much with 届出受付 ([`crate::access::policy::receives`]).
    Inbox(Level),
    /// Staff whose kind of ID may do as much with 判定基準 ([`crate::access::policy::rules`]).
    Rules(Level),
    /// 利用者認証実施者 of an office that issues ([`crate::access::grant::Issuer`]).
    Issuer,
    /// Staff whose kind of ID may do as much with an item group, of whatever case.
    Kind(ItemGroup, Level),
    /// Whoever begins records, with a draft of the own organisation ([`crate::notification::entry::Drafting`]).
    Draft,
    /// Both of it: whoever begins records, with a grant for the route's case.
    CaseRegistrar(ItemGroup, Level),
    /// Staff with a grant for the route's case ([`crate::access::Grant`]).
    Case(ItemGroup, Level),
}

/// One row of the permission table.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub guard: Guard,
}

/// A feature's routes.
#[derive(Default)]
pub struct Routes {
    pub router: Router<App>,
    pub table: Vec<Route>,
}

macro_rules! methods {
    ($($name:ident, $method:ident;)*) => {$(
        pub fn $name<H, T>(self, path: &'static str, guard: Guard, handler: H) -> Self
        where
            H: Handler<T, App>,
            T: 'static,
        {
            self.add(Method::$method, MethodFilter::$method, path, guard, handler)
        }
    )*};
}

impl Routes {
    methods! {
        get, GET;
        post, POST;
        put, PUT;
        delete, DELETE;
    }

    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    fn add<H, T>(mut self, method: Method, filter: MethodFilter, path: &'static str, guard: Guard, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.router = self.router.route(path, on(filter, handler));
        self.table.push(Route { method, path, guard });
        self
    }
}
