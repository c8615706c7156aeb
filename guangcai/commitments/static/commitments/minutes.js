// The minutes follow start and end until somebody types them.
(function () {
  const form = document.querySelector("[data-minutes]");
  if (!form) return;
  const [start, end, minutes] = ["start_time", "end_time", "minutes"].map((name) => form.elements[name]);
  const clock = (text) => text.split(":").reduce((sum, part, at) => (at < 2 ? sum * 60 + Number(part) : sum), 0);
  const span = () => (start.value && end.value ? clock(end.value) - clock(start.value) : 0);
  let follows = Number(minutes.value) === span();
  minutes.addEventListener("input", () => { follows = false; });
  for (const field of [start, end]) {
    field.addEventListener("change", () => { if (follows && span() > 0) minutes.value = span(); });
  }
})();
