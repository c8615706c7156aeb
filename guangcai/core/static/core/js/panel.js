/* Links with data-panel (htmx target #panel-body) open the side panel; closing gives the focus back. */
(() => {
  let from = null;
  const panel = () => document.getElementById("panel");
  document.addEventListener("click", (event) => {
    from = event.target.closest("[data-panel]") ?? from;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const click = event.detail.requestConfig?.triggeringEvent;
    // A new tab stays a new tab.
    if (event.target.hasAttribute?.("data-panel") && (click?.ctrlKey || click?.metaKey)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "panel-body" || panel().open) return;
    panel().showModal();
  });
  document.addEventListener("close", (event) => {
    if (event.target.id === "panel") from?.focus();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.id === "panel") panel().close();
  });
})();
