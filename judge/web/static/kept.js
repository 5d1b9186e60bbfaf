// What this browser keeps for itself. Storage may be forbidden or full: then nothing is kept, and nothing breaks.
export const kept = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode, or full */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* the same */ } },
};

/** Return a function that calls `act` once `wait` milliseconds after its last call, or when the page goes away. */
export const settled = (act, wait) => {
  let timer = 0;
  const now = () => { if (timer) { clearTimeout(timer); timer = 0; act(); } };
  addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", now);
  return () => { clearTimeout(timer); timer = setTimeout(now, wait); };
};
