// The code editor of the problem page: CodeMirror 6 in the place of the form's textarea, which stays the form's field.
//
// Every colour is a custom property of judge.css, so that light, dark and print need nothing here. The one style
// element that CodeMirror makes carries the page's nonce, as the content security policy demands.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import {
  EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// The class names that judge/web/markdown.py gives to code on the pages: one style sheet colours both.
const colours = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], class: "k" },
  { tag: [tags.string, tags.special(tags.string), tags.character], class: "s" },
  { tag: [tags.comment, tags.meta], class: "c" },
  { tag: tags.number, class: "n" },
  { tag: [tags.definition(tags.function(tags.variableName)), tags.definition(tags.className)], class: "d" },
]);

const line = "1px solid var(--line)";
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--sheet)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { padding: ".7rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 .9rem 0 .3rem" },
  ".cm-gutters": {
    backgroundColor: "var(--sheet)", color: "var(--soft)", border: "none", paddingRight: ".4rem", userSelect: "none",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 .2rem 0 .8rem", minWidth: "2.6rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active)" },
  ".cm-activeLineGutter": { color: "var(--ink)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--select)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--hint-tint)" },
  ".cm-searchMatch": { backgroundColor: "var(--hint-tint)", outline: "1px solid var(--hint)" },
  ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: "var(--select)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--tint)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-tint)", outline: "1px solid var(--bad)" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".cm-panels": { backgroundColor: "var(--code)", color: "var(--ink)" },
  ".cm-panels-top": { borderBottom: line },
  ".cm-panel.cm-search, .cm-panel.cm-gotoLine, .cm-dialog": {
    fontFamily: "var(--sans)", fontSize: ".875rem", padding: ".5rem 2.2rem .5rem .7rem", display: "flex",
    flexWrap: "wrap", gap: ".35rem .5rem", alignItems: "center",
  },
  ".cm-panel.cm-search > br": { flexBasis: "100%", content: "''", display: "block", height: "0" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": { margin: "0", fontSize: "inherit" },
  ".cm-panel.cm-search label": { display: "inline-flex", gap: ".35rem", alignItems: "center" },
  ".cm-textfield": {
    backgroundColor: "var(--sheet)", color: "inherit", border: "1px solid var(--line-strong)", borderRadius: "5px",
    padding: ".2rem .45rem", fontSize: "inherit",
  },
  ".cm-button": {
    backgroundImage: "none", backgroundColor: "transparent", color: "var(--accent)", fontWeight: "500",
    border: "1px solid var(--line-strong)", borderRadius: "5px", padding: ".2rem .6rem", fontSize: "inherit",
  },
  ".cm-panel.cm-search [name=close], .cm-dialog-close": {
    color: "var(--soft)", fontSize: "1.2rem", padding: "0 .5rem", background: "none", border: "none",
  },
});

// Chromium types over a selection of several lines by moving style attributes about, which the content security policy
// refuses aloud. So the text is put in here, before the browser does it.
const typedOver = EditorView.domEventHandlers({
  beforeinput: ({ inputType, data }, view) => {
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== "insertText" || data === null || empty || view.composing) return false;
    const replaced = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, data, replaced))) view.dispatch(replaced());
    return true;
  },
});

/**
 * Put an editor in the place of `area`, a textarea within a form.
 *
 * @param {HTMLTextAreaElement} area  hidden, and kept equal to the editor's text at each change
 * @param {{nonce: string, labelledBy: string, describedBy: string, phrases: Record<string, string>,
 *   keys: {key: string, run: () => void}[], changed: () => void}} options
 *   `phrases` are CodeMirror's own words in the page's language; `keys` go before its own; `changed` is called after
 *   each change
 * @returns {{focus: () => void, replace: (text: string) => void}} `replace` can be undone like any change
 */
export function edit(area, { nonce, labelledBy, describedBy, phrases, keys, changed }) {
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        nonce ? EditorView.cspNonce.of(nonce) : [],
        EditorState.phrases.of(phrases),
        EditorView.contentAttributes.of({
          tabindex: "0", "aria-labelledby": labelledBy, "aria-describedby": describedBy, lang: "en", translate: "no",
          autocapitalize: "off", autocorrect: "off", spellcheck: "false", writingsuggestions: "false",
        }),
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
        EditorState.tabSize.of(4), indentUnit.of("    "), indentOnInput(), bracketMatching(), closeBrackets(),
        highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), typedOver,
        python(), syntaxHighlighting(colours), theme,
        Prec.highest(keymap.of(keys.map(({ key, run }) => ({ key, run: () => { run(); return true; } })))),
        // Tab indents; after Escape, or with Ctrl-m (Shift-Alt-m on a Mac) for good, it leaves the editor.
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          changed();
        }),
      ],
    }),
  });
  area.hidden = true;
  area.after(view.dom);
  return {
    focus: () => view.focus(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, userEvent: "input" }),
  };
}
