"use strict";
// Big keys for the last four digits; the field and its button work without.
document.querySelectorAll("[data-pad]").forEach((form) => {
  const field = form.querySelector("input");
  form.querySelector("[data-keys]").hidden = false;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (!button) return;
    const { key } = button.dataset;
    field.value = key === "back" ? field.value.slice(0, -1) : (field.value + key).slice(0, 4);
    if (field.value.length === 4) form.requestSubmit();
  });
});
