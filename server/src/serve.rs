//! The running service: listener, workers, graceful shutdown.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::access::store;
use crate::{App, StartError, web};

/// A service that listens; drop or [`Running::stop`] ends it.
pub struct Running {
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Binds the listener and starts the outbox and the hourly sweep.
pub async fn start(app: &App) -> Result<Running, StartError> {
    let listen = app.config.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| StartError::Listen(listen, error))?;
    let address = listener.local_addr().map_err(|error| StartError::Listen(listen, error))?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(crate::messages::deliver(app.clone(), stopped.clone()));
    tokio::spawn(sweep(app.clone(), stopped.clone()));
    let service = web::service(app);
    let server = tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                let mut stopped = stopped;
                stopping(&mut stopped).await;
            })
            .await
    });
    Ok(Running { address, stop, server })
}

impl Running {
    /// Lets requests under way finish, then returns.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.server.await;
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
        let _ = self.stop.send(true);
        // Kept-alive connections of browsers may idle for long; durable work is not waiting for them.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(10), self.server).await;
    }
}

/// Returns when the service is to stop.
pub async fn stopping(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Removes what has run out, once an hour.
async fn sweep(app: App, mut stopped: watch::Receiver<bool>) {
    let mut hourly = tokio::time::interval(std::time::Duration::from_secs(3600));
    loop {
        tokio::select! {
            _ = hourly.tick() => {
                app.limits.forget_quiet();
                if let Err(error) = store::sweep(&app.db, app.clock.now()).await {
                    tracing::warn!(%error, "sweep failed");
                }
            }
            () = stopping(&mut stopped) => return,
        }
    }
}
