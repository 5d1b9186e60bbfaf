// Comfort only: every page works without this file.
"use strict";
(() => {
  const zh = document.documentElement.lang.startsWith("zh");
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode, or full */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* the same */ } },
  };
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // What was handed in from this browser.
  const HISTORY = "judge:history";
  const history = () => { try { return JSON.parse(store.get(HISTORY)) || []; } catch { return []; } };
  const verdict = document.getElementById("verdict");
  if (verdict) {
    const { id, problem, title, mark, verdict: name, score, when } = verdict.dataset;
    const rest = history().filter((one) => one.id !== id);
    store.set(HISTORY, JSON.stringify([{ id, problem, title, mark, name, score, when: Number(when) }, ...rest]
      .sort((a, b) => b.when - a.when).slice(0, 100)));
  }
  const section = document.getElementById("history");
  if (section) {
    const wanted = section.dataset.problem;
    const rows = history().filter((one) => !wanted || one.problem === wanted).slice(0, 12);
    section.hidden = rows.length === 0;
    for (const one of rows) {
      const row = element("li");
      const link = element("a", one.title);
      link.href = "/submissions/" + encodeURIComponent(one.id) + location.search.replace(/^(?!\?lang=(en|zh)$).*/, "");
      const time = element("time", new Date(one.when * 1000).toLocaleString(zh ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" }));
      row.append(element("span", one.mark === "good" ? "✓" : "✗", "mark " + (one.mark === "good" ? "good" : "bad")), link, element("span", one.score + " %"), time);
      section.querySelector("ol").append(row);
    }
  }
  for (const card of document.querySelectorAll(".card[data-problem]")) {
    const mine = history().filter((one) => one.problem === card.dataset.problem);
    if (!mine.length) continue;
    const best = mine.reduce((a, b) => (b.mark === "good" || (a.mark !== "good" && Number(b.score) > Number(a.score)) ? b : a));
    const state = card.querySelector(".state");
    state.textContent = (best.mark === "good" ? "✓ " : "") + best.score + " %";
    state.classList.add(best.mark === "good" ? "good" : "bad");
    state.hidden = false;
  }

  // Drafts.
  const form = document.querySelector("form[data-draft]");
  if (form) {
    const key = "judge:draft:" + form.dataset.draft;
    const source = form.querySelector("textarea[name=source]");
    const fields = () => [...form.elements].filter((one) => one.name && one.name !== "seed");
    const told = form.querySelector(".draft");
    const reset = form.querySelector(".reset");
    const starter = source && form.querySelector("template.starter").content.textContent.replace(/^\n/, "");
    const state = () => fields().map((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value));
    const show = () => {
      if (!source) return;
      const changed = source.value !== starter;
      reset.hidden = !changed;
      told.hidden = !changed;
      told.textContent = told.dataset.kept;
    };
    if (form.dataset.fresh === "yes") {
      try {
        const kept = JSON.parse(store.get(key));
        if (kept && kept.length === fields().length) {
          fields().forEach((one, index) => {
            if (one.type === "radio" || one.type === "checkbox") one.checked = kept[index] === true;
            else one.value = String(kept[index]);
          });
        }
      } catch { /* of an older page */ }
    }
    let waiting;
    const keep = () => { store.set(key, JSON.stringify(state())); };
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 300); show(); });
    addEventListener("pagehide", () => { if (waiting) keep(); });
    form.addEventListener("submit", () => {
      if (waiting) keep();
      const button = form.querySelector("button[type=submit]");
      setTimeout(() => { button.disabled = true; });
    });
    addEventListener("pageshow", () => { form.querySelector("button[type=submit]").disabled = false; });
    show();
    if (form.dataset.seed && !new URLSearchParams(location.search).has("seed") && !new URLSearchParams(location.search).has("from")) {
      const address = new URL(location.href);  // a reload shows the same questions
      address.searchParams.set("seed", form.dataset.seed);
      window.history.replaceState(null, "", address);
    }
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
    });
    if (source) {
      reset.addEventListener("click", () => { source.focus(); source.select(); insert(starter); store.drop(key); show(); });
      form.querySelector(".scripted").hidden = false;
      let leaving = false;
      const insert = (text) => {  // through the browser, so that undo knows it
        if (!document.execCommand("insertText", false, text)) source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
      };
      source.addEventListener("keydown", (event) => {
        if (event.isComposing) return;
        if (event.key === "Escape") { leaving = true; return; }
        const { selectionStart: from, selectionEnd: to, value } = source;
        const begin = value.lastIndexOf("\n", from - 1) + 1;
        if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
          event.preventDefault();
          const lines = value.slice(begin, to).split("\n");
          if (event.shiftKey || lines.length > 1) {
            const moved = lines.map((line) => (event.shiftKey ? line.replace(/^ {1,4}/, "") : line && "    " + line)).join("\n");
            source.setSelectionRange(begin, to);
            insert(moved);
            source.setSelectionRange(lines.length > 1 ? begin : Math.max(begin, from - 4), begin + moved.length);
            if (lines.length === 1) source.setSelectionRange(source.selectionEnd, source.selectionEnd);
          } else insert(" ".repeat(4 - ((from - begin) % 4)));
        } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && from === to) {
          event.preventDefault();
          const line = value.slice(begin, from);
          insert("\n" + line.match(/^ */)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : ""));
        }
        if (event.key !== "Shift") leaving = false;
      });
    }
  }

  // Self-assessment.
  const rubric = document.querySelector("[data-ticks]");
  if (rubric) {
    const key = "judge:ticks:" + rubric.dataset.ticks;
    const boxes = [...rubric.querySelectorAll("input")];
    boxes.forEach((box, index) => { box.checked = (store.get(key) || "")[index] === "1"; });
    rubric.addEventListener("change", () => store.set(key, boxes.map((box) => (box.checked ? "1" : "0")).join("")));
  }

  // Live results: the browser takes the stream up again by itself, from the last event that it saw.
  const live = document.getElementById("live");
  if (live) {
    const list = live.querySelector(".live");
    const tally = live.querySelector(".tally");
    const seen = new Set();
    const events = new EventSource(live.dataset.events);
    events.addEventListener("test", (event) => {
      if (seen.has(event.lastEventId)) return;
      seen.add(event.lastEventId);
      const test = JSON.parse(event.data);
      const good = test.verdict === "accepted";
      const mark = good ? "good" : test.verdict === "skipped" ? "idle" : "bad";
      const row = element("li");
      row.append(element("span", { good: "✓", idle: "–", bad: "✗" }[mark], "mark " + mark), element("span", test.name, "name"));
      const failed = test.checks.find((check) => !check.passed);
      if (failed) row.append(element("span", failed.detail.split("\n")[0], "quiet"));
      list.prepend(row);
      tally.textContent = seen.size + " " + live.dataset.done;
      tally.hidden = false;
    });
    events.addEventListener("result", () => { events.close(); location.reload(); });
  }

  // Copying.
  if (navigator.clipboard) {
    for (const box of document.querySelectorAll(".copyable")) {
      const button = element("button", zh ? "复制" : "Copy", "copy");
      button.type = "button";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(box.querySelector("pre").textContent);
        button.textContent = zh ? "已复制" : "Copied";
        setTimeout(() => { button.textContent = zh ? "复制" : "Copy"; }, 1500);
      });
      box.append(button);
    }
  }
})();
