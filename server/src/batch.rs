//! Many callers, one piece of work: while a batch is under way, newcomers gather for the next.
//!
//! This is what makes intake a group commit and session look-ups one query for many requests.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

/// Longest that a batch may take.
const LONGEST: Duration = Duration::from_secs(15);

/// Hands items to a worker that takes all that wait at once.
pub struct Batcher<In, Out> {
    queue: mpsc::Sender<(In, oneshot::Sender<Out>)>,
}

impl<In, Out> Clone for Batcher<In, Out> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

/// The queue is full or its worker has ended: try again later.
#[derive(Debug, Clone, Copy)]
pub struct Overloaded;

impl<In: Send + 'static, Out: Send + 'static> Batcher<In, Out> {
    /// Starts a worker that turns up to `most` items into as many results, in their order.
    /// At most `waiting` items queue up; more are refused at once.
    pub fn start<F, Fut>(most: usize, waiting: usize, work: F) -> Self
    where
        F: Fn(Vec<In>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<Out>> + Send + 'static,
    {
        let (queue, mut items) = mpsc::channel::<(In, oneshot::Sender<Out>)>(waiting);
        tokio::spawn(async move {
            let mut gathered = Vec::with_capacity(most);
            while items.recv_many(&mut gathered, most).await > 0 {
                let (inputs, replies): (Vec<_>, Vec<_>) = gathered.drain(..).unzip();
                // A task of its own: neither a panic nor a database that no longer answers may stop
                // the batches that follow. Callers without an answer are told to repeat.
                let batch = tokio::time::timeout(LONGEST, tokio::spawn(work(inputs)));
                let Ok(Ok(outputs)) = batch.await else {
                    tracing::error!("a batch did not end; its callers are told to repeat");
                    continue;
                };
                for (output, reply) in outputs.into_iter().zip(replies) {
                    // A caller that went away no longer wants its answer; its work is done all the same.
                    let _ = reply.send(output);
                }
            }
        });
        Self { queue }
    }

    pub async fn run(&self, item: In) -> Result<Out, Overloaded> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send((item, reply)).map_err(|_| Overloaded)?;
        answer.await.map_err(|_| Overloaded)
    }
}

/// How long a reading is kept for those to whom it is new enough.
const KEPT: Duration = Duration::from_secs(2);

/// Readers who ask for the same thing at the same time read it once: whoever asks while it is being read waits for
/// the next reading, with all others who do, so that nobody gets anything older than their question. Whoever knows what
/// is new enough may get a reading of the last moments. Cheap to clone.
#[derive(Clone)]
pub struct Readings<K, V> {
    /// Counts questions and readings, in their order.
    order: Arc<AtomicU64>,
    places: Arc<Mutex<HashMap<K, Place<V>>>>,
}

type Place<V> = Arc<tokio::sync::Mutex<Option<Reading<V>>>>;

/// The last reading of something.
struct Reading<V> {
    /// When it began, in the order of questions and readings.
    began: u64,
    at: Instant,
    found: Arc<V>,
}

impl<K, V> Default for Readings<K, V> {
    fn default() -> Self {
        Self { order: Arc::default(), places: Arc::default() }
    }
}

impl<K: Eq + Hash + Clone, V> Readings<K, V> {
    /// What `read` finds for `key`, or found for somebody else: meanwhile, or just before where that is `new_enough`.
    pub async fn of<E>(
        &self,
        key: K,
        new_enough: impl Fn(&V) -> bool,
        read: impl AsyncFnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let asked = self.order.fetch_add(1, Ordering::SeqCst);
        let place = self.places().entry(key).or_default().clone();
        let found = {
            let mut last = place.lock().await;
            match &*last {
                Some(reading)
                    if reading.began > asked || (reading.at.elapsed() < KEPT && new_enough(&reading.found)) =>
                {
                    Ok(reading.found.clone())
                }
                _ => {
                    let (began, at) = (self.order.fetch_add(1, Ordering::SeqCst), Instant::now());
                    read().await.map(|found| {
                        let found = Arc::new(found);
                        *last = Some(Reading { began, at, found: found.clone() });
                        found
                    })
                }
            }
        };
        self.forget_the_old();
        found
    }

    /// What nobody waits for and nobody wants any more: one of the two who hold it is the map.
    fn forget_the_old(&self) {
        self.places().retain(|_, place| {
            let is_kept = |last: &Option<Reading<V>>| last.as_ref().is_some_and(|reading| reading.at.elapsed() < KEPT);
            Arc::strong_count(place) > 2 || place.try_lock().map_or(true, |last| is_kept(&last))
        });
    }

    fn places(&self) -> MutexGuard<'_, HashMap<K, Place<V>>> {
        // Nothing that is done while it is held can fail halfway.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[tokio::test]
    async fn who_asks_together_reads_once_and_nobody_reads_what_is_older_than_the_question() {
        let readings: Readings<&str, usize> = Readings::default();
        let read = Arc::new(AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (readings, read) = (readings.clone(), read.clone());
            tasks.spawn(async move {
                readings
                    .of(
                        "board",
                        |_| false,
                        async || {
                            tokio::task::yield_now().await;
                            Ok::<_, Overloaded>(read.fetch_add(1, Ordering::SeqCst))
                        },
                    )
                    .await
            });
        }
        let found = tasks.join_all().await;
        assert!(found.iter().all(Result::is_ok));
        assert!(read.load(Ordering::SeqCst) <= 3, "those who waited share one reading");
        let before = read.load(Ordering::SeqCst);
        let ask = |new_enough: fn(&usize) -> bool| {
            readings.of("board", new_enough, async || Ok::<_, Overloaded>(read.fetch_add(1, Ordering::SeqCst)))
        };
        assert_eq!(ask(|_| false).await.map(|found| *found).ok(), Some(before), "a later question is read for itself");
        assert_eq!(ask(|_| true).await.map(|found| *found).ok(), Some(before), "what is new enough is not read again");
        assert_eq!(ask(|found| *found > 1_000).await.map(|found| *found).ok(), Some(before + 1));
    }

    #[tokio::test]
    async fn a_panic_fails_its_batch_only() {
        let batcher = Batcher::start(1, 10, |items: Vec<u32>| async move {
            assert_ne!(items, [13]);
            items
        });
        assert!(batcher.run(13).await.is_err());
        assert_eq!(batcher.run(14).await.unwrap(), 14);
    }

    #[tokio::test]
    async fn waiting_items_share_a_batch_and_keep_their_answers() {
        let batches = Arc::new(AtomicUsize::new(0));
        let counted = batches.clone();
        let batcher = Batcher::start(64, 1000, move |items: Vec<u32>| {
            counted.fetch_add(1, Ordering::SeqCst);
            async move { items.into_iter().map(|n| n * 2).collect() }
        });
        let callers = (0..100).map(|n| {
            let batcher = batcher.clone();
            async move { (n, batcher.run(n).await.unwrap()) }
        });
        let mut tasks = tokio::task::JoinSet::new();
        callers.for_each(|caller| {
            tasks.spawn(caller);
        });
        for (n, doubled) in tasks.join_all().await {
            assert_eq!(doubled, n * 2);
        }
        assert!(batches.load(Ordering::SeqCst) < 100);
    }
}
