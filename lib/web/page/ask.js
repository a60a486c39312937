/*
 * ask: questions to the person before the page: a modal dialog that the browser
 * keeps the focus in, closed by Escape, and the answer as a promise.
 */
import {h, toast} from "./dom.js";

/*
 * {title, words, yes, danger, field: {label, type, value, ...attributes}, more: [label]}: gives null if
 * it was called off, else {value, more}.
 */
export function ask(q) {
	const input = q.field && h("input", {id: "ask-field", autocomplete: "off", spellcheck: "false",
		...q.field, label: null});
	const form = h("form", {method: "dialog"},
		h("h2", {id: "ask-title"}, q.title),
		q.words && h("p", {}, q.words),
		input && h("label", {for: "ask-field"}, q.field.label),
		input,
		h("div.row", {},
			h(q.danger ? "button.danger" : "button.main", {value: "yes"}, q.yes),
			q.more && h("button", {value: "more", formnovalidate: true}, q.more),
			h("button.quiet", {value: "no", formnovalidate: true}, q.no ?? "Not now")));
	const dialog = h("dialog", {"aria-labelledby": "ask-title"}, form);

	document.body.append(dialog);
	return new Promise(done => {
		dialog.addEventListener("close", () => {
			const answer = dialog.returnValue;

			dialog.remove();
			done(answer === "yes" || answer === "more"
				? {value: input?.value ?? "", more: answer === "more"} : null);
		});
		dialog.showModal();
		if (q.danger)
			form.querySelector("button.quiet").focus();
		else
			input?.select();
	});
}

/* Does it, with the button off meanwhile, and tells how that went. */
export async function act(button, words, f) {
	button.disabled = true;
	try {
		await f();
		if (words)
			toast(words);
	} catch (e) {
		toast(e.message, true);
	} finally {
		button.disabled = false;
	}
}
