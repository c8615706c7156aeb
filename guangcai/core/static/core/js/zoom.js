/* Elder view and text size (forms data-zoom) keep the place on the page while it is drawn anew. */
(() => {
  const KEY = "gc-scroll";
  document.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-zoom")) return;
    const height = document.documentElement.scrollHeight || 1;
    sessionStorage.setItem(KEY, JSON.stringify({ at: location.pathname, share: window.scrollY / height }));
  });
  window.addEventListener("load", () => {
    const kept = sessionStorage.getItem(KEY);
    if (!kept) return;
    sessionStorage.removeItem(KEY);
    const { at, share } = JSON.parse(kept);
    if (at === location.pathname) window.scrollTo(0, share * document.documentElement.scrollHeight);
  });
})();
