/* <form id="bulk" data-bulk> appears with a selection of <input name="ids" form="bulk"> and counts it;
   data-pick-all takes every row of the page, Shift takes a range. Without scripts the form is always there. */
(() => {
  let last = null;
  const boxes = () => [...document.querySelectorAll('input[name="ids"][form="bulk"]')];
  const show = () => {
    const form = document.querySelector("form[data-bulk]");
    if (!form) return;
    const all = boxes();
    const chosen = all.filter((box) => box.checked).length;
    form.hidden = chosen === 0;
    form.querySelector("[data-bulk-count]").textContent = chosen ? `${chosen} / ${all.length}` : "";
    const head = document.querySelector("[data-pick-all]");
    if (!head) return;
    head.hidden = all.length === 0;
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  };
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches?.("[data-pick-all]")) {
      boxes().forEach((one) => { one.checked = box.checked; });
    } else if (box.matches?.('input[name="ids"][form="bulk"]')) {
      const all = boxes();
      if (event.shiftKey && last && all.includes(last)) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
      }
      last = box;
    } else return;
    show();
  });
  for (const name of ["DOMContentLoaded", "htmx:afterSettle", "pageshow"]) {
    (name === "pageshow" ? window : document).addEventListener(name, show);
  }
})();
