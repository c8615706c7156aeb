/* A request of htmx that failed says so on the page: never a dead button. */
(() => {
  const say = (id) => {
    const box = document.getElementById("messages");
    const text = document.getElementById(id);
    if (!box || !text) return;
    box.replaceChildren(text.content.cloneNode(true));
    box.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:sendError", () => say("trouble-offline"));
  document.addEventListener("htmx:timeout", () => say("trouble-offline"));
  document.addEventListener("htmx:responseError", () => say("trouble-refused"));
})();
