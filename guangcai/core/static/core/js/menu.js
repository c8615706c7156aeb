/* Menus made of <details data-menu> close on Escape, on a click elsewhere, and when focus leaves them.
   Error summaries (data-focus) take the focus when the page opens; of more tabs than fit, the current one is in sight. */
(() => {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest("details[data-menu][open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  const focusSummary = (root) => root.querySelector("[data-focus]")?.focus();
  document.addEventListener("DOMContentLoaded", () => {
    // Sideways only: tabs further down a page must not pull it there.
    document.querySelectorAll(".gc-tabs [aria-current]").forEach((tab) => {
      const strip = tab.closest(".gc-tabs");
      strip.scrollLeft += tab.getBoundingClientRect().left - strip.getBoundingClientRect().left - tab.offsetWidth;
    });
    focusSummary(document);
  });
  document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));
})();
