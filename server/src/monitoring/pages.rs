//! 健康観察: the table of reports and the graph.

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
}
