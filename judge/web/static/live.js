// The page of a submission that is being judged: tests as they are finished, then the verdict.
// The browser takes a stream that broke off up again by itself, from the last event that it saw.
const live = document.getElementById("live");
const list = live.querySelector(".live");
const tally = live.querySelector(".tally");
const lost = live.querySelector(".lost");
const MARKS = { good: "✓", idle: "–", bad: "✗" };
const seen = new Set();

const part = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
};

const events = new EventSource(live.dataset.events);
events.addEventListener("open", () => { lost.hidden = true; });
events.addEventListener("error", () => { lost.hidden = false; });
events.addEventListener("test", (event) => {
  if (seen.has(event.lastEventId)) return;
  seen.add(event.lastEventId);
  const test = JSON.parse(event.data);
  const mark = test.verdict === "accepted" ? "good" : test.verdict === "skipped" ? "idle" : "bad";
  const row = document.createElement("li");
  row.append(part("span", MARKS[mark], `mark ${mark}`), part("span", test.name, "name"));
  const failed = test.checks.find((check) => !check.passed);
  if (failed) row.append(part("span", failed.detail.split("\n")[0], "quiet"));
  list.prepend(row);
  tally.textContent = tally.dataset.words.replace("#", seen.size);
  tally.hidden = false;
});
events.addEventListener("result", () => { events.close(); location.reload(); });
