// The page of a theory problem: the draft of an answer sheet. And the ticks of one's own assessment of the essay.
import { kept, settled } from "./kept.js";

const form = document.querySelector("form[data-draft]");
if (form) {
  const key = `judge:draft:${form.dataset.draft}`;
  const fields = [...form.elements].filter((one) => one.name && one.name !== "seed");
  const ticked = (one) => one.type === "radio" || one.type === "checkbox";
  if (form.dataset.fresh === "yes") {
    try {
      const draft = JSON.parse(kept.get(key));
      if (draft?.length === fields.length) {
        fields.forEach((one, index) => {
          if (ticked(one)) one.checked = draft[index] === true;
          else one.value = String(draft[index]);
        });
      }
    } catch { /* of an older page */ }
  }
  const keep = settled(() => kept.set(key, JSON.stringify(fields.map((one) => (ticked(one) ? one.checked : one.value)))), 250);
  form.addEventListener("input", keep);

  const address = new URL(location.href);
  if (form.dataset.seed && !address.searchParams.has("seed") && !address.searchParams.has("from")) {
    address.searchParams.set("seed", form.dataset.seed); // a reload shows the same questions
    history.replaceState(null, "", address);
  }
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
}

const rubric = document.querySelector("[data-ticks]");
if (rubric) {
  const key = `judge:ticks:${rubric.dataset.ticks}`;
  const boxes = [...rubric.querySelectorAll("input")];
  boxes.forEach((box, index) => { box.checked = kept.get(key)?.[index] === "1"; });
  rubric.addEventListener("change", () => kept.set(key, boxes.map((box) => (box.checked ? "1" : "0")).join("")));
}
