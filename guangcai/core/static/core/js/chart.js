/* <div data-chart="id of a json_script">: draws the option with ECharts in the colours of the tokens.
   ECharts is fetched only by pages that have a chart. */
(() => {
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const size = () => Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8125);

  const theme = () => {
    const text = { color: token("--ink"), fontFamily: token("--font"), fontSize: size() };
    const axis = {
      axisLine: { lineStyle: { color: token("--line-strong") } },
      axisLabel: { color: token("--muted"), fontSize: size(), hideOverlap: true },
      splitLine: { lineStyle: { color: token("--line") } },
    };
    return {
      color: ["--accent", "--second", "--idle", "--good", "--wait"].map(token),
      backgroundColor: "transparent",
      textStyle: text,
      legend: { textStyle: text },
      categoryAxis: axis,
      valueAxis: axis,
      tooltip: { backgroundColor: token("--surface"), borderColor: token("--line-strong"), textStyle: text },
      pie: { label: text, itemStyle: { borderColor: token("--surface"), borderWidth: 2 } },
    };
  };

  const draw = (box) => {
    const source = document.getElementById(box.dataset.chart);
    if (!source) return;
    drawn.get(box)?.dispose();
    box.classList.add("gc-on");
    const chart = window.echarts.init(box, theme(), { renderer: "canvas" });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.setOption({ animation: !still, animationDuration: 300, ...JSON.parse(source.textContent) });
    drawn.set(box, chart);
  };

  const load = () => new Promise((resolve, reject) => {
    if (window.echarts) { resolve(); return; }
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=gc-echarts]").content;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  const drawAll = async (root, again = false) => {
    const boxes = [...root.querySelectorAll("[data-chart]")].filter((box) => again || !drawn.has(box));
    if (!boxes.length) return;
    await load();
    boxes.forEach(draw);
  };

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document, true));
})();
