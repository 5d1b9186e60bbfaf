// The page of a coding problem: the editor, its draft, and running code without handing it in.
import { kept, settled } from "./kept.js";

const form = document.querySelector("form.solution");
const area = form.elements.source;
const outcome = document.getElementById("outcome");
const [restart, restore, told] = ["restart", "restore", "draft"].map((name) => form.querySelector(`.${name}`));
const starter = form.querySelector("template").content.textContent.replace(/^\n/, "");

// The draft. A text that did not come from it (a submission opened again) sets it aside instead of losing it.
const key = `judge:draft:${form.dataset.problem}`;
const aside = `${key}:aside`;
const draft = kept.get(key);
if (draft !== null && draft !== area.value) {
  if (form.dataset.fresh === "yes") area.value = draft;
  else if (draft !== starter) kept.set(aside, draft);
}
const keep = settled(() => kept.set(key, area.value), 250);
const changed = () => { keep(); show(); };
const show = () => {
  const own = area.value !== starter;
  restart.hidden = told.hidden = !own;
  restore.hidden = [null, area.value].includes(kept.get(aside));
};

// The editors come after the page; until then, and where they cannot be had, the textareas do.
let editor = {
  focus: () => area.focus(),
  replace: (text) => { area.value = text; changed(); },
};
area.addEventListener("input", changed);
const press = (selector) => form.querySelector(selector)?.click();
const enter = (run) => ["Mod-Enter", "Ctrl-Enter"].map((key) => ({ key, run }));
const samples = { key: "Shift-Mod-Enter", run: () => press(".samples") };
const shared = { nonce: document.querySelector("script[nonce]").nonce, phrases: JSON.parse(form.dataset.phrases) };
import("./editor.js").then(({ edit }) => {
  const focused = document.activeElement === area;
  editor = edit(area, {
    ...shared, labelledBy: "editor-title", describedBy: "editor-help", changed,
    keys: [...enter(() => press(".submit")), samples],
  });
  if (focused) editor.focus();
  form.querySelector("label[for=source]").addEventListener("click", (event) => { event.preventDefault(); editor.focus(); });
  if (own) withOwn(edit);
}).catch((error) => console.warn(error));
form.querySelector(".scripted").hidden = false;

// An input of one's own. Its editor comes when it is opened: what is not shown has no size.
const own = form.elements.call;
function withOwn(edit) {
  const fold = own.closest("details");
  const unfold = () => {
    if (!fold.open) return;
    fold.removeEventListener("toggle", unfold);
    edit(own, {
      ...shared, labelledBy: "own-title", describedBy: "own-help", changed: () => own.dispatchEvent(new Event("input", { bubbles: true })),
      keys: [...enter(() => press(".try")), samples],
    });
  };
  fold.addEventListener("toggle", unfold);
  unfold();
}
if (own) {
  const ownKey = `judge:own:${form.dataset.problem}`;
  if (form.dataset.fresh === "yes" && kept.get(ownKey)) own.value = kept.get(ownKey);
  own.addEventListener("input", settled(() => kept.set(ownKey, own.value), 250));
}
form.addEventListener("keydown", (event) => { // elsewhere in the form
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  event.preventDefault();
  press(event.shiftKey ? ".samples" : event.target === own ? ".try" : ".submit");
});
restart.addEventListener("click", () => { editor.replace(starter); editor.focus(); });
restore.addEventListener("click", () => { editor.replace(kept.get(aside)); kept.drop(aside); show(); editor.focus(); });
show();

// Handing in leaves the page. Running stays: the answer is the same page, of which only the outcome is taken.
let running;
form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || button.classList.contains("submit")) {
    setTimeout(() => { button.disabled = true; });
    return;
  }
  event.preventDefault();
  run(button);
});
addEventListener("pageshow", () => { for (const one of form.querySelectorAll("button")) one.disabled = false; });

async function run(button) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  outcome.setAttribute("aria-busy", "true");
  outcome.replaceChildren(note(outcome.dataset.busy, "busy"));
  try {
    const answer = await fetch(button.formAction, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" }, signal,
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    outcome.replaceChildren(...page.querySelector("[data-outcome]").childNodes);
  } catch {
    if (signal.aborted) return;
    outcome.replaceChildren(note(outcome.dataset.offline, "notice bad"));
  }
  outcome.removeAttribute("aria-busy");
  outcome.scrollIntoView({ block: "nearest" });
}

function note(text, className) {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = text;
  return made;
}
