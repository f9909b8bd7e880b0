// Asks the browser to keep the shell, so that Chartkey can be put beside other applications and says so when there is no network. Where a
// browser does not, everything else is the same.
navigator.serviceWorker?.register('/service-worker.js').catch(() => {});
