/* data-confirm="Really?" on a form, link or button asks before it goes on. Without scripts the server's own
   confirm page is the guard; this is only a second thought. Also stops the second click on a sent form. */
(() => {
  const question = (event) => {
    const from = event.type === "submit" ? event.submitter ?? event.target : event.target;
    return from.closest?.("[data-confirm]")?.dataset.confirm ?? event.target.dataset?.confirm;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const text = question(event);
    if (text && !window.confirm(text)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (link && !window.confirm(link.dataset.confirm)) event.preventDefault();
  });
  // A page taken from the browser's history may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
