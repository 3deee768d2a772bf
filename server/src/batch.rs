//! Many callers, one piece of work: while a batch is under way, newcomers gather for the next.
//!
//! This is what makes intake a group commit and session look-ups one query for many requests.

use std::future::Future;
use std::time::Duration;

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

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
