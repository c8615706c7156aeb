/* <form method="get" data-autosubmit>: a changed filter is applied at once; typing waits for Enter or the button. */
(() => {
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.hasAttribute("data-autosubmit")) return;
    if (event.target.matches("input[type=search], input[type=text]")) return;
    form.requestSubmit();
  });
  // Empty filters stay out of the address, so that it can be read and sent to a colleague.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.hasAttribute?.("data-autosubmit")) return;
    const given = event.detail.formData ?? event.detail.parameters;
    for (const key of [...given.keys()]) if (given.get(key) === "") given.delete(key);
  });
  document.addEventListener("formdata", (event) => {
    if (!event.target.hasAttribute("data-autosubmit")) return;
    for (const key of [...event.formData.keys()]) if (event.formData.get(key) === "") event.formData.delete(key);
  });
})();
