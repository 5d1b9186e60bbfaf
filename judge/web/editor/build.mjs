// Bundle editor.js into ../static/editor.js, and put the licences of what went into it beside it.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static");

// The first line of the bundle names the state of the sources that it was made from; a test compares it with theirs.
const digest = createHash("sha256");
for (const name of ["build.mjs", "editor.js", "package-lock.json"]) digest.update(readFileSync(join(here, name)));

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["editor.js"],
  outfile: join(target, "editor.js"),
  bundle: true,
  format: "esm",
  target: "es2020",
  minify: true,
  legalComments: "none",
  banner: { js: `// Built by judge/web/editor from ${digest.digest("hex")}; licences in editor.licences.txt.` },
  metafile: true,
});

const packages = new Set();
for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0].inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (found && bytesInOutput) packages.add(found[1]);
}
const notes = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(
  join(target, "editor.licences.txt"),
  `editor.js holds parts of these packages.\n\n${notes.join(`\n${"-".repeat(72)}\n\n`)}`,
);
