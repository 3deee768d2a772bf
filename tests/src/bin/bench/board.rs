//! 健康観察一覧 of a centre with ten thousand people under observation: alone, while reports arrive, and open on many
//! screens; and what judging each report costs the intake.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hersys::clock::Clock;
use tokio::time::sleep;

use crate::list::Many;
use crate::prepare::Household;
use crate::report::Report;
use crate::server::Server;
use crate::{CONNECTIONS, Result, live, load, prepare, store};

const PEOPLE: i64 = 10_000;
const LONGEST: Duration = Duration::from_millis(100);
const REPORTS_A_SECOND: u32 = 2_000;
/// Open at the same time.
const BOARDS: usize = 50;
/// Longest that the judge may take for all of them.
const PATIENCE: Duration = Duration::from_secs(300);

pub async fn measure(server: &Server, many: &Many, lasts: Duration, report: &mut Report) -> Result<()> {
    let now = Clock::System.now();
    let center = many.center_id;
    let began = Instant::now();
    let cases = store::observe(&many.db, center, PEOPLE, now.day()).await?;
    wait_for_judge(many).await?;
    let took = began.elapsed().as_secs_f64();
    // Whoever died stands on no board.
    let size = store::board_size(&many.db, center).await?;
    if size < PEOPLE * 99 / 100 {
        return Err(format!("the board was not filled: {size}").into());
    }
    report.note(&format!("{size} people on the board, judged in {took:.1} s"));
    let page = |path: &'static str| load::pages(server.address, path, &many.center, "data-board", 1);
    report.limited("board of 10,000", &page("/staff/board").await?, LONGEST);
    report.limited("board, one queue", &page("/staff/board?queue=silent&order=kana").await?, LONGEST);

    let people = Rc::new(prepare::add_accounts(&many.db, &cases, now).await?);
    store::refresh_statistics(&many.db).await?;
    let reports = || load::intake(server.address, &people, CONNECTIONS, 1, lasts, pace());
    let (arrived, board) = tokio::join!(reports(), page("/staff/board"));
    report.limited("board while reports arrive", &board?, LONGEST);
    let arrived = arrived?;
    report.limited(&format!("{:.0} reports/s meanwhile", arrived.rate()), &arrived, Duration::from_millis(50));
    report.note(&format!("{} changes wait for the judge", store::waiting_for_judge(&many.db).await?));

    let opened = live::boards(server.address, &many.center, BOARDS, lasts);
    let (arrived, boards) = tokio::join!(reports(), opened);
    let (arrived, boards) = (arrived?, boards?);
    report.limited(&format!("{BOARDS} boards open, {:.0} pages/s", boards.rate()), &boards, LONGEST);
    report.limited(&format!("{:.0} reports/s meanwhile", arrived.rate()), &arrived, Duration::from_millis(50));
    judging(server, many, &people, lasts, report).await
}

fn pace() -> Duration {
    Duration::from_secs(1) * CONNECTIONS as u32 / REPORTS_A_SECOND
}

/// The same reports of the same people, judged and not: without its trigger nothing is left for the judge.
async fn judging(
    server: &Server,
    many: &Many,
    people: &Rc<Vec<Household>>,
    lasts: Duration,
    report: &mut Report,
) -> Result<()> {
    let lasts = lasts.div_f32(2.0);
    let (mut with, mut without) = (load::Found::default(), load::Found::default());
    for is_judged in [false, true, false, true] {
        wait_for_judge(many).await?;
        let trigger = if is_judged { None } else { Some(store::drop_report_trigger(&many.db).await?) };
        let before = server.processor_time();
        let mut found = load::intake(server.address, people, CONNECTIONS, 1, lasts, pace()).await?;
        found.server_time = server.processor_time().zip(before).map(|(after, before)| after - before);
        if let Some(trigger) = trigger {
            store::restore_report_trigger(&many.db, &trigger).await?;
        }
        if is_judged { &mut with } else { &mut without }.add(found);
    }
    report.judging(&with, &without);
    Ok(())
}

async fn wait_for_judge(many: &Many) -> Result<()> {
    let began = Instant::now();
    while store::waiting_for_judge(&many.db).await? > 0 {
        if began.elapsed() > PATIENCE {
            return Err("the judge did not come to an end".into());
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
