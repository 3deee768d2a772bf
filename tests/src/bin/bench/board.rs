//! 健康観察一覧 of a centre with ten thousand people under observation, alone and while reports arrive.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hersys::clock::Clock;
use tokio::time::sleep;

use crate::list::Many;
use crate::load;
use crate::report::Report;
use crate::server::Server;
use crate::{CONNECTIONS, Result, prepare, store};

const PEOPLE: i64 = 10_000;
const LONGEST: Duration = Duration::from_millis(100);
const REPORTS_A_SECOND: u32 = 2_000;
/// Longest that the judge may take for all of them.
const PATIENCE: Duration = Duration::from_secs(300);

pub async fn measure(server: &Server, many: &Many, lasts: Duration, report: &mut Report) -> Result<()> {
    let now = Clock::System.now();
    let center = store::busiest_center(&many.db).await?;
    let began = Instant::now();
    let cases = store::observe(&many.db, center, PEOPLE, now.day()).await?;
    while store::board_size(&many.db, center).await? < PEOPLE {
        if began.elapsed() > PATIENCE {
            return Err("the board was not filled".into());
        }
        sleep(Duration::from_millis(200)).await;
    }
    println!("    {PEOPLE} people judged in {:.1} s", began.elapsed().as_secs_f64());
    let page = |path: &'static str| load::pages(server.address, path, &many.center, "data-board", 1);
    report.limited("board of 10,000", &page("/staff/board").await?, LONGEST);
    report.limited("board, one queue", &page("/staff/board?queue=silent&order=kana").await?, LONGEST);
    let people = Rc::new(prepare::add_accounts(&many.db, &cases, now).await?);
    let pace = Duration::from_secs(1) * CONNECTIONS as u32 / REPORTS_A_SECOND;
    let (reports, board) =
        tokio::join!(load::intake(server.address, &people, CONNECTIONS, 1, lasts, pace), page("/staff/board"),);
    let (reports, board) = (reports?, board?);
    report.limited("board while reports arrive", &board, LONGEST);
    report.limited(&format!("{:.0} reports/s meanwhile", reports.rate()), &reports, Duration::from_millis(50));
    Ok(())
}
