//! The running service: listener, workers, graceful shutdown.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access::store;
use crate::monitoring::reminders;
use crate::notification::entry::draft::KEPT;
use crate::notification::entry::store as drafts;
use crate::{App, StartError, web};

/// A service that listens; drop or [`Running::stop`] ends it.
pub struct Running {
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    workers: Vec<JoinHandle<()>>,
}

/// Longest wait for what is under way: kept-alive connections of browsers may idle for ever, and
/// nothing durable waits for them.
const PATIENCE: Duration = Duration::from_secs(10);

/// Binds the listener and starts the outbox, the hourly sweep and the sealer of the audit.
pub async fn start(app: &App) -> Result<Running, StartError> {
    let listen = app.config.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| StartError::Listen(listen, error))?;
    let address = listener.local_addr().map_err(|error| StartError::Listen(listen, error))?;
    let (stop, stopped) = watch::channel(false);
    let mut workers = vec![
        tokio::spawn(crate::messages::deliver(app.clone(), stopped.clone())),
        tokio::spawn(sweep(app.clone(), stopped.clone())),
        tokio::spawn(crate::audit::seal_from_time_to_time(app.clone(), stopped.clone())),
        tokio::spawn(crate::monitoring::watch::judge_all_the_time(app.clone(), stopped.clone())),
        tokio::spawn(crate::monitoring::observation_period::keep_all_the_time(app.clone(), stopped.clone())),
        tokio::spawn(reminders::plan_all_the_time(app.clone(), stopped.clone())),
        tokio::spawn(end_streams(app.clone(), stopped.clone())),
    ];
    workers.extend(
        (0..reminders::SENDERS).map(|_| tokio::spawn(reminders::send_all_the_time(app.clone(), stopped.clone()))),
    );
    let service = web::service(app);
    let server = tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                let mut stopped = stopped;
                stopping(&mut stopped).await;
            })
            .await
    });
    Ok(Running { address, stop, server, workers })
}

impl Running {
    /// Lets requests and messages under way finish, then returns.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let all = async {
            let _ = self.server.await;
            for worker in self.workers {
                let _ = worker.await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }

    /// Ends at once, whatever is under way.
    pub fn stop_now(self) {
        let _ = self.stop.send(true);
        self.server.abort();
    }

    /// Serves until SIGTERM or Ctrl-C.
    pub async fn until_signal(self) {
        let interrupted = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        #[cfg(unix)]
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let terminated = std::future::pending::<()>();
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
        tracing::info!("stopping: letting requests under way finish");
        self.stop().await;
    }
}

/// Returns when the service is to stop.
pub async fn stopping(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Open boards hold their connections: they are let go, so that the others may finish.
async fn end_streams(app: App, mut stopped: watch::Receiver<bool>) {
    stopping(&mut stopped).await;
    app.live.end();
}

/// Removes what has run out, once an hour.
async fn sweep(app: App, mut stopped: watch::Receiver<bool>) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tokio::select! {
            _ = hourly.tick() => {
                app.limits.forget_quiet();
                if let Err(error) = store::sweep(&app.db, app.clock.now()).await {
                    tracing::warn!(%error, "sweep failed");
                }
                if let Err(error) = drafts::purge(&app.db, app.clock.now() - KEPT).await {
                    tracing::warn!(%error, "drafts were not purged");
                }
            }
            () = stopping(&mut stopped) => return,
        }
    }
}
