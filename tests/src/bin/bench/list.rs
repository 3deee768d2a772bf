//! 登録情報一覧 and a person's page, by HTTP, of an installation of a million people: as the largest health
//! centre and as a head office, nearly all of whose people are of one prefecture.

use std::time::{Duration, Instant};

use hersys::clock::Clock;
use hersys::db::Db;
use uuid::Uuid;

use crate::client::Client;
use crate::load::Found;
use crate::place::{Kept, Place};
use crate::prepare;
use crate::report::Report;
use crate::server::Server;
use crate::{Result, server, store};

/// Of a search, from the button to the page that it leads to.
const LONGEST_SEARCH: Duration = Duration::from_millis(50);
/// Of one page: the list's next, or a person's.
const LONGEST_PERSON: Duration = Duration::from_millis(20);
/// How often each is asked, with other words each time.
const TIMES: usize = 120;
/// How far page 100 is.
const FAR: usize = 100;

/// A database with many people, and who looks at them.
pub struct Many {
    pub db: Db,
    pub head_office: String,
    /// The largest centre when nothing had been measured yet, and the session of its staff.
    pub center_id: Uuid,
    pub center: String,
    samples: Vec<store::Sample>,
}

impl Many {
    /// `cases` over two years, so that nearly all are released as they would be; seeded, or copied from what was
    /// seeded before.
    pub async fn new(place: &Place, kept: Option<&Kept>, program: &str, cases: u32) -> Result<Self> {
        let began = Instant::now();
        let is_copied = match kept {
            Some(kept) => kept.copy_to(place).await?,
            None => false,
        };
        server::run(program, place, &["migrate"]).await?;
        if !is_copied {
            seed(place, program, cases).await?;
            if let Some(kept) = kept {
                kept.take(place).await?;
            }
        }
        let db = Db::open(&place.database_url).await?;
        let now = Clock::System.now();
        let center = store::busiest_center(&db).await?;
        let office = store::office_of(&db, center).await?;
        let head_office = prepare::add_staff_of(&db, office, "bench-hq@hersys.example", now).await?;
        let center_token = prepare::add_staff_of(&db, center, "bench-hc@hersys.example", now).await?;
        let samples = store::samples(&db, center, TIMES).await?;
        println!("    prepared in {:.0} s", began.elapsed().as_secs_f64());
        Ok(Self { db, head_office, center_id: center, center: center_token, samples })
    }
}

async fn seed(place: &Place, program: &str, cases: u32) -> Result<()> {
    let db = Db::open(&place.database_url).await?;
    let indexes = store::drop_list_indexes(&db).await?;
    let count = cases.to_string();
    let seed = ["seed", "--cases", &count, "--seed", "2022", "--past-days", "730", "--no-reports"];
    let seeded = server::run(program, place, &seed).await;
    store::create_indexes(&db, &indexes).await?;
    seeded?;
    store::refresh_statistics(&db).await?;
    db.close().await;
    Ok(())
}

/// Measures all searches of both readers.
pub async fn measure(server: &Server, many: &Many, report: &mut Report) -> Result<()> {
    let today = Clock::System.today();
    let ago = |days: i64| hersys_shared::days::iso(today - time::Duration::days(days));
    for (who, token) in [("centre", &many.center), ("head office", &many.head_office)] {
        let mut reader = Reader { client: Client::connect(server.address).await?, server, token };
        reader.empty(3).await?;
        let empty = reader.empty(TIMES).await?;
        report.limited(&format!("{who}: first page"), &empty, LONGEST_SEARCH);
        let part = |at: usize, from: usize, until: usize| {
            many.samples[at % many.samples.len()].kana_key.chars().skip(from).take(until).collect::<String>()
        };
        let name = |at: usize, from: usize, until: usize| {
            many.samples[at % many.samples.len()].name_key.chars().skip(from).take(until).collect::<String>()
        };
        let sample = |at: usize| many.samples[at % many.samples.len()].clone();
        type Keys<'a> = Box<dyn Fn(usize) -> Vec<(&'static str, String)> + 'a>;
        let searches: [(&str, Keys<'_>); 13] = [
            ("kana, 2 letters", Box::new(|at| vec![("kana", part(at, 0, 2))])),
            ("kana, 4 letters", Box::new(|at| vec![("kana", part(at, 0, 4))])),
            ("name part, 2 letters", Box::new(|at| vec![("name", name(at, at % 3, 2))])),
            ("name part, 3 letters", Box::new(|at| vec![("name", name(at, 0, 3))])),
            ("name, 1 letter", Box::new(|at| vec![("name", name(at, 0, 1))])),
            ("telephone", Box::new(|at| vec![("phone", sample(at).phone)])),
            ("ID", Box::new(|at| vec![("hersys_id", sample(at).hersys_id)])),
            (
                "status and days, ill now",
                Box::new(|at| {
                    let from = 1 + at as i64 % 9;
                    vec![("status", "arranging".into()), ("diagnosed_from", ago(from)), ("diagnosed_until", ago(0))]
                }),
            ),
            (
                "status and days, released",
                Box::new(|at| {
                    let until = 30 + 5 * at as i64;
                    vec![
                        ("status", "released".into()),
                        ("diagnosed_from", ago(until + 30)),
                        ("diagnosed_until", ago(until)),
                    ]
                }),
            ),
            (
                "status and days, in hospital",
                Box::new(|at| {
                    let until = 3 * at as i64;
                    vec![
                        ("status", "admitted".into()),
                        ("registered_from", ago(until + 60)),
                        ("registered_until", ago(until)),
                    ]
                }),
            ),
            ("status released", Box::new(|_| vec![("status", "released".into())])),
            ("kana and type", Box::new(|at| vec![("kana", part(at, 0, 3)), ("diagnosis", "asymptomatic".into())])),
            ("prefecture", Box::new(|at| vec![("prefecture", ["99", "13"][at % 2].into())])),
        ];
        for (what, keys) in &searches {
            let mut found = Found::default();
            for at in 0..TIMES {
                reader.search(&keys(at), &mut found).await?;
            }
            report.limited(&format!("{who}: {what}"), &finished(found), LONGEST_SEARCH);
        }
        for sort in ["", "kana", "-onset"] {
            let (near, far, last) = reader.turn_pages(sort).await?;
            let by = if sort.is_empty() { "newest" } else { sort };
            report.limited(&format!("{who}: page 1 by {by}"), &near, LONGEST_SEARCH);
            report.limited(&format!("{who}: page {FAR} by {by}"), &far, LONGEST_SEARCH);
            report.limited(&format!("{who}: last page by {by}"), &last, LONGEST_SEARCH);
        }
        let mut person = Found::default();
        for at in 0..TIMES {
            let page = format!("/staff/cases/{}/identity", sample(at).case_id);
            let (status, _, took) = reader.get(&page).await?;
            note(&mut person, status == 200, took);
        }
        report.limited(&format!("{who}: opening a person"), &finished(person), LONGEST_PERSON);
    }
    Ok(())
}

fn note(found: &mut Found, right: bool, took: Duration) {
    if right {
        found.done += 1;
        found.latencies.push(took);
    } else {
        found.errors += 1;
        found.first_error.get_or_insert("another answer than expected".into());
    }
}

fn finished(mut found: Found) -> Found {
    found.lasted = found.latencies.iter().sum();
    found.latencies.sort_unstable();
    found
}

struct Reader<'a> {
    client: Client,
    server: &'a Server,
    token: &'a str,
}

impl Reader<'_> {
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<(u16, String, Duration)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}={}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.server.address,
            hersys::access::staff::COOKIE,
            self.token,
            body.len()
        );
        let asked = Instant::now();
        let answer = self.client.ask(request.as_bytes()).await?;
        let took = asked.elapsed();
        let text = if answer.status == 303 {
            answer.location.clone()
        } else {
            String::from_utf8_lossy(answer.body).into_owned()
        };
        Ok((answer.status, text, took))
    }

    async fn get(&mut self, path: &str) -> Result<(u16, String, Duration)> {
        self.ask("GET", path, "").await
    }

    async fn empty(&mut self, times: usize) -> Result<Found> {
        let mut found = Found::default();
        for _ in 0..times {
            let (status, page, took) = self.get("/staff/cases").await?;
            note(&mut found, status == 200 && page.contains("<table"), took);
        }
        Ok(finished(found))
    }

    /// The button and the page that it leads to.
    async fn search(&mut self, keys: &[(&str, String)], found: &mut Found) -> Result<()> {
        let body: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={}", urlencoding(value))).collect();
        let (status, location, took) = self.ask("POST", "/staff/cases/search", &body.join("&")).await?;
        if status != 303 {
            return Err(format!("search {keys:?}: {status}").into());
        }
        let (status, page, then) = self.get(&location).await?;
        note(found, status == 200 && page.contains("登録情報一覧"), took + then);
        Ok(())
    }

    /// Page 1, page 100 and the last, each as often as the others.
    async fn turn_pages(&mut self, sort: &str) -> Result<(Found, Found, Found)> {
        let sort = if sort.is_empty() { String::new() } else { format!("?sort={sort}") };
        let first = format!("/staff/cases{sort}");
        let mut path = first.clone();
        for _ in 1..FAR {
            let (_, page, _) = self.get(&path).await?;
            path = link(&page, "次へ").ok_or("no next page")?;
        }
        let (_, page, _) = self.get(&path).await?;
        let last = link(&page, "最後").ok_or("no last page")?;
        let mut found = [Found::default(), Found::default(), Found::default()];
        for _ in 0..TIMES {
            for (found, path) in found.iter_mut().zip([&first, &path, &last]) {
                let (status, _, took) = self.get(path).await?;
                note(found, status == 200, took);
            }
        }
        let [near, far, end] = found.map(finished);
        Ok((near, far, end))
    }
}

/// Where the link with a label leads.
fn link(page: &str, label: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!("\">{label}</a>"))?;
    Some(before.rsplit_once("href=\"")?.1.replace("&amp;", "&"))
}

fn urlencoding(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
